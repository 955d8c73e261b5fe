/** The layers of src/: who may import whom. `npm run lint` checks every file except tests, which may import anything. */
import { readdirSync, readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseSync } from 'vite';

type Layer = {
  /** Folders of src/, besides its own, that the layer may import. */
  layers: string[];
  /** Single files that it may import types from. */
  types?: string[];
  /** Packages that it may import; any if left out. */
  packages?: string[];
  why: string;
};

const layers: Record<string, Layer> = {
  formats: {
    layers: [],
    packages: ['fflate'],
    why: 'formats turn bytes into plain arrays and back, for page, worker and command alike',
  },
  weights: {
    layers: ['formats', 'compiler'],
    packages: ['@bufbuild/protobuf'],
    why: 'weights are plain tensors by name, for page and command alike',
  },
  compiler: {
    layers: [],
    packages: ['@bufbuild/protobuf'],
    why: 'the compiler is pure: it gets its operators as a parameter and imports nothing but a protobuf library, so that it runs anywhere',
  },
  nodes: { layers: ['compiler'], packages: [], why: 'operators are written in terms of the compiler and nothing else' },
  symbolic: {
    layers: ['nodes', 'compiler', 'runtime'],
    packages: ['acorn'],
    why: 'the symbolic language makes documents out of nodes, and runs them on ONNX Runtime',
  },
  project: {
    layers: ['formats', 'compiler'],
    packages: [],
    why: 'projects are files made of a drawing, its data and its state, for page and command alike; operators are a parameter',
  },
  data: {
    layers: ['formats'],
    types: ['src/compiler/plan.ts', 'src/compiler/datasets.ts', 'src/compiler/diagnostics.ts'],
    packages: ['papaparse', 'fflate', '@noble/hashes'],
    why: 'data makes numbers of files wherever it runs, in a worker or in Node: it knows the types of recipes and libraries for formats',
  },
  runtime: {
    layers: ['formats', 'data'],
    types: ['src/compiler/plan.ts', 'src/compiler/datasets.ts', 'src/compiler/diagnostics.ts'],
    why: 'the runtime runs any TrainingPlan: of the compiler it knows the types of plans and recipes, and beside it data only',
  },
  editor: {
    layers: ['formats', 'data', 'weights', 'compiler', 'nodes', 'symbolic', 'project', 'runtime', 'cli'],
    why: 'the editor may import every layer',
  },
  cli: {
    layers: ['formats', 'data', 'weights', 'compiler', 'nodes', 'symbolic', 'project', 'runtime'],
    why: 'the command works without the editor',
  },
};

/** Packages with one home, so that a change of library stays in one place. */
const homes: Record<string, { home: string; why: string }> = {
  'onnxruntime-web': {
    home: 'src/runtime/worker/ort.ts',
    why: 'one file holds all that is particular to ONNX Runtime',
  },
  '@xyflow/react': { home: 'src/editor/canvas/', why: 'only the canvas knows which library draws it' },
  immer: { home: 'src/editor/store/', why: 'documents change only through the store' },
};

const entry = 'src/main.tsx';

/** Why `file` may not import `specifier`, or undefined if it may. Paths are relative to the project, with forward slashes. */
export function violation(file: string, specifier: string, typeOnly: boolean): string | undefined {
  const layerName = layerOf(file);
  const layer = layers[layerName];

  if (!specifier.startsWith('.')) {
    const name = specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');
    const rule = homes[name];
    if (rule && !file.startsWith(rule.home)) return `${name} belongs in ${rule.home}: ${rule.why}`;
    if (layer?.packages && !layer.packages.includes(name)) return layer.why;
    return undefined;
  }

  const target = posix.join(posix.dirname(file), specifier.replace(/\?.*$/, ''));
  const targetName = layerOf(target);
  if (!layer) return targetName === 'editor' && file !== entry ? `only ${entry} may start the editor` : undefined;
  if (targetName === layerName || layer.layers.includes(targetName)) return undefined;
  if (layer.types?.includes(target)) return typeOnly ? undefined : `${layer.why} (write \`import type\`)`;
  const outside = !target.startsWith('src/');
  return outside && !layer.packages && !layer.types ? undefined : layer.why;
}

const layerOf = (file: string) => /^src\/([^/]+)\//.exec(file)?.[1] ?? '';

/** The modules that a source text names, whether in imports, re-exports, `import()` or import types. */
export function importsOf(file: string, text: string): { specifier: string; typeOnly: boolean; line: number }[] {
  const found: { specifier: string; typeOnly: boolean; line: number }[] = [];
  const visit = (node: unknown): void => {
    if (typeof node !== 'object' || node === null) return;
    const { type, source, importKind, exportKind } = node as Record<string, unknown>;
    if (isLiteral(source)) {
      const typeOnly = importKind === 'type' || exportKind === 'type' || type === 'TSImportType';
      found.push({ specifier: source.value, typeOnly, line: text.slice(0, source.start).split('\n').length });
    }
    for (const child of Object.values(node)) visit(child);
  };
  visit(parseSync(file, text).program);
  return found;
}

function isLiteral(node: unknown): node is { value: string; start: number } {
  return typeof node === 'object' && node !== null && 'value' in node && typeof node.value === 'string';
}

function check(): void {
  const files = readdirSync('src', { recursive: true, encoding: 'utf8' })
    .map((file) => `src/${file.replaceAll('\\', '/')}`)
    .filter((file) => /\.tsx?$/.test(file) && !/\.test\.tsx?$/.test(file));
  const problems = files.flatMap((file) =>
    importsOf(file, readFileSync(file, 'utf8')).flatMap(({ specifier, typeOnly, line }) => {
      const why = violation(file, specifier, typeOnly);
      return why ? [`${file}:${line} may not import '${specifier}': ${why}.`] : [];
    }),
  );
  console.log(problems.length > 0 ? problems.join('\n') : `Layers: checked ${files.length} files.`);
  if (problems.length > 0) process.exitCode = 1;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) check();
