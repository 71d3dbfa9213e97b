// Writes what "Copy as cURL" of Chromium's developer tools makes of the first request of an HTTP Archive:
//
//     node curl.mjs FILE unix|win
//
// It runs their own function, which stands in a view of theirs that needs a browser.
import { readFileSync } from 'node:fs';
import { transform } from 'esbuild';
import { frontEnd, HARFormat, Importer, Protocol } from './devtools.mjs';

const source = readFileSync(new URL(`node_modules/${frontEnd}/panels/network/NetworkLogView.ts`,
  import.meta.url), 'utf8');
// A member of theirs ends with the first line that closes it at its own indentation, or on its own.
const member = name => {
  const found = source.match(new RegExp(
    `^  (private )?static (readonly |async )*${name}( =.*;\\n|\\([^]*?\\n  }\\n)`, 'm'));
  if (!found) {
    throw new Error(`they have no ${name} any more`);
  }
  return found[0];
};
const { code } = await transform('class NetworkLogView {\n' + member('#allowedSchemes') +
  member('#getValidClipboardUrl') + member('generateCurlCommand') + '}', { loader: 'ts' });
const view = new Function('Protocol', code + 'return NetworkLogView;')(Protocol);

const [file, platform] = process.argv.slice(2);
const log = new HARFormat.HARRoot(JSON.parse(readFileSync(file, 'utf8'))).log;
const [request] = Importer.Importer.requestsFromHARLog(log);
console.log(await view.generateCurlCommand(request, platform));
