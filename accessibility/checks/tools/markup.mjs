// Whether the HTML itself is right: html-validate at once, and the Nu checker over all documents at the end of a run,
// because starting Java takes longer than looking.
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { FileSystemConfigLoader, HtmlValidate } from 'html-validate';

const validator = new HtmlValidate(new FileSystemConfigLoader());
const jar = createRequire(import.meta.url).resolve('vnu-jar/build/dist/vnu.jar');

export async function htmlFaults(html) {
  const report = await validator.validateString(html, new URL('../page.html', import.meta.url).pathname);
  return report.results.flatMap((result) => result.messages.map(
    (message) => `html ${message.ruleId} (line ${message.line}): ${message.message}`));
}

/** Remarks of the Nu checker that are left out, and why. */
export const leftOut = [];

/** What the Nu checker says of each of these documents: a list for each name. Its warnings count too. */
export async function nuFaults(documents) {
  const folder = mkdtempSync(join(tmpdir(), 'heard-nu.'));
  const names = [...documents.keys()];
  try {
    names.forEach((name, at) => writeFileSync(join(folder, `${at}.html`), documents.get(name)));
    const { stderr } = await promisify(execFile)(
      'java', ['-Xss4m', '-jar', jar, '--format', 'json', '--exit-zero-always', folder], { maxBuffer: 1 << 28 });
    const { messages } = JSON.parse(stderr.slice(stderr.indexOf('{')));
    const found = new Map(names.map((name) => [name, []]));
    for (const { type, message, extract, url, lastLine } of messages) {
      if (leftOut.some(({ remark }) => remark.test(message))) continue;
      found.get(names[Number(url.match(/(\d+)\.html$/)[1])])
        .push(`nu ${type} (line ${lastLine}): ${message}: ${(extract ?? '').replace(/\s+/g, ' ').slice(0, 160)}`);
    }
    return found;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
