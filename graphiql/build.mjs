// Bundles the page into static/graphiql: assets with their hash in the name, then index.html.
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const HERE = dirname(fileURLToPath(import.meta.url));
const OUT = join(HERE, '..', 'static', 'graphiql');
const ASSETS = '/static/graphiql/assets';

const page = ({ script, style }) => `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>School Diary · GraphiQL</title>
    <link rel="icon" href="data:,">
    <link rel="stylesheet" href="${ASSETS}/${style}">
    <script src="${ASSETS}/${script}" defer></script>
  </head>
  <body>
    <div id="graphiql">Loading GraphiQL …</div>
  </body>
</html>
`;

await rm(OUT, { recursive: true, force: true });
await mkdir(OUT, { recursive: true });
const { metafile } = await build({
  entryPoints: { graphiql: join(HERE, 'src', 'main.jsx') },
  entryNames: '[name]-[hash]',
  outdir: join(OUT, 'assets'),
  bundle: true,
  minify: true,
  format: 'iife',
  target: 'es2022',
  jsx: 'automatic',
  loader: { '.graphql': 'text' },
  define: { 'process.env.NODE_ENV': '"production"' },
  metafile: true,
});
const names = Object.keys(metafile.outputs).map((path) => basename(path));
const named = (extension) => names.find((name) => extname(name) === extension);

// Last, because make and the server both take this file for the sign that the build is whole.
await writeFile(join(OUT, 'index.html'), page({ script: named('.js'), style: named('.css') }));
