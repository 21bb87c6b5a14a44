// Names: what a title, a link, a picture and a group are called says something alone, and leads somewhere.
// WCAG 1.1.1, 2.4.2, 2.4.4, 2.4.9, 1.3.1.
Object.assign(window.looking, (() => {
  const { named } = window.looking;
  const SAYS_NOTHING = /^(click|tap|press)? ?(here|this|more|read more|link|this link|this page|go|details|info|next|previous)[.…>» ]*$/i;
  const IS_A_FILE = /^[\w ()-]+\.(jpe?g|png|gif|svg|webp|heic|bmp|mp4|pdf)$/i;

  function names() {
    const found = [];
    // A title says what the page is about and whose it is; the two are parted.
    if (document.title.trim().split(/\s+/).length < 2) found.push(`the title says nothing: “${document.title}”`);
    for (const link of document.querySelectorAll('a[href]')) {
      const text = (link.getAttribute('aria-label') ?? link.textContent).replace(/\s+/g, ' ').trim();
      if (SAYS_NOTHING.test(text)) found.push(`a link that says nothing alone: ${named(link)}`);
      const [bare, part] = link.getAttribute('href').split('#');
      if (part && !bare && !document.getElementById(decodeURIComponent(part))) found.push(`a link to a part that is not there: ${named(link)}`);
    }
    const places = new Map();
    for (const link of document.querySelectorAll('a[href]')) {
      const text = (link.getAttribute('aria-label') ?? link.innerText).replace(/\s+/g, ' ').trim();
      const other = text && places.get(text);
      if (other && other.href !== link.href) found.push(`two links of one name lead to two places: ${named(other)} and ${named(link)}`);
      places.set(text, link);
    }
    for (const image of document.querySelectorAll('img[alt]')) {
      if (IS_A_FILE.test(image.alt.trim())) found.push(`a picture is called like its file: ${named(image)}`);
    }
    for (const group of document.querySelectorAll('[role=group], [role=region], [role=dialog], [role=radiogroup], [role=alertdialog]')) {
      if (!group.getAttribute('aria-labelledby') && !group.getAttribute('aria-label')) found.push(`a group without a name: ${named(group)}`);
    }
    return found;
  }

  return { names };
})());
