// The developer tools of Chromium, as far as they are about HTTP Archives.
import { build } from 'esbuild';

// The developer tools are TypeScript, and this module of theirs is made when they are built.
const locales = {
  name: 'locales',
  setup(b) {
    b.onResolve({ filter: /\/locales\.js$/ }, ({ path }) => ({ path, namespace: 'locales' }));
    b.onLoad({ filter: /.*/, namespace: 'locales' }, () => ({
      contents: `export const LOCALES = ['en-US'], BUNDLED_LOCALES = LOCALES, DEFAULT_LOCALE = 'en-US';
        export const LOCAL_FETCH_PATTERN = '', REMOTE_FETCH_PATTERN = '';`,
    }));
  },
};
export const frontEnd = 'chrome-devtools-frontend/front_end';
const { outputFiles } = await build({
  stdin: {
    contents: `export * from './node_modules/${frontEnd}/models/har/har.ts';
      export * as Protocol from './node_modules/${frontEnd}/generated/protocol.ts';`,
    resolveDir: import.meta.dirname,
  },
  bundle: true, format: 'esm', platform: 'node', write: false, plugins: [locales],
});
const code = Buffer.from(outputFiles[0].contents).toString('base64');
export const { HARFormat, Importer, Log, Protocol } =
  await import('data:text/javascript;base64,' + code);
globalThis.Protocol = Protocol; // as their pages have it
