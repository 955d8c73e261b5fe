/** Adds the service worker to a build, with the list of what the build consists of. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Plugin } from 'vite';

const ENTRY = 'src/offline/service-worker.ts';
const FILE = 'service-worker.js';

/** The page shows and draws without these; they are large, and training or data ask for them. */
const isLater = (file: string) => /\.wasm$|^data\/|\bort[.-]/.test(file);
/** Browsers that run WebGPU or wasm take the newest form of a font; READMEs are for people. */
const isNeeded = (file: string) => !/\.(woff|ttf|map|md)$/.test(file) && file !== FILE;

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(folder.length + 1)
        .replaceAll('\\', '/'),
    );
}

export function serviceWorker(): Plugin {
  let publicDir = '';
  return {
    name: 'wiregrad-service-worker',
    apply: 'build',
    configResolved(config) {
      publicDir = config.publicDir;
    },
    buildStart() {
      this.emitFile({ type: 'chunk', id: ENTRY, fileName: FILE });
    },
    generateBundle: {
      order: 'post',
      handler(_, bundle) {
        const worker = bundle[FILE];
        if (worker?.type !== 'chunk') throw new Error(`${FILE} is not in the build`);
        const content = new Map(
          filesBelow(publicDir).map((file) => [file, readFileSync(join(publicDir, file))] as const),
        );
        const hash = createHash('sha256').update(worker.code);
        for (const [file, output] of Object.entries(bundle)) {
          // The name has a hash of what is in it; the page itself has not.
          if (file.endsWith('.html') && output.type === 'asset') hash.update(output.source);
          if (!content.has(file)) content.set(file, Buffer.from(''));
        }
        content.set('index.html', content.get('index.html') ?? Buffer.from(''));
        const files = [...content.keys()].filter(isNeeded).sort();
        for (const file of files) hash.update(file).update(content.get(file) ?? '');
        const manifest = {
          version: hash.digest('hex').slice(0, 16),
          shell: files.filter((file) => !isLater(file)),
          later: files.filter(isLater),
        };
        worker.code = worker.code.replaceAll('__MANIFEST__', () => JSON.stringify(manifest));
      },
    },
  };
}
