// What a browser complains about while pages are open, and every request that goes anywhere else.

/** Collects what a browser complains about, and every request that goes anywhere else, while pages are open. */
export function listen(context, origin) {
  const heard = [];
  context.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) heard.push(`console ${message.type()}: ${message.text()}`);
  });
  context.on('weberror', (error) => heard.push(`script error: ${error.error()}`));
  context.on('request', (request) => {
    const url = request.url();
    if (!url.startsWith(origin) && !url.startsWith('data:') && !url.startsWith('blob:') && !url.startsWith('about:')) {
      heard.push(`a request to another host: ${url}`);
    }
  });
  return { take: () => heard.splice(0) };
}
