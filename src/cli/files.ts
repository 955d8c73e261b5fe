import {
  closeSync,
  fstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
  realpathSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { check } from '../compiler/compile.ts';
import { type Diagnostic, diagnostic } from '../compiler/diagnostics.ts';
import type { GraphDocument } from '../compiler/document.ts';
import { parseDocument } from '../compiler/document-parse.ts';
import { checkTraining } from '../compiler/export/check-training.ts';
import { type ImportResult, importModel } from '../compiler/import/import.ts';
import { readModel } from '../compiler/import/model.ts';
import type { ReadExternal } from '../compiler/import/tensors.ts';
import { registry } from '../nodes/registry.ts';

/** Something that ends the command; the message is a sentence for whoever gave it. */
export class CommandError extends Error {
  readonly exitCode: 1 | 2;
  constructor(message: string, exitCode: 1 | 2 = 1) {
    super(message);
    this.exitCode = exitCode;
  }
}

function reason(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  const known: Record<string, string> = {
    ENOENT: 'there is no such file',
    EACCES: 'it may not be read or written',
    EISDIR: 'it is a folder',
    ENOTDIR: 'a part of its path is no folder',
    ENOSPC: 'the disk is full',
  };
  return known[code ?? ''] ?? message;
}

export function readBytes(path: string): Uint8Array {
  try {
    return new Uint8Array(readFileSync(path));
  } catch (error) {
    throw new CommandError(`${path} cannot be read: ${reason(error)}.`);
  }
}

export function writeOutput(path: string, content: Uint8Array | string): void {
  try {
    mkdirSync(dirname(resolve(path)), { recursive: true });
    writeFileSync(path, content);
  } catch (error) {
    throw new CommandError(`${path} cannot be written: ${reason(error)}.`);
  }
}

/** Reads parts of files beside a model, and of no others: links that lead out of its folder are not followed. */
export function besideModel(model: string): ReadExternal {
  const folder = realpathSync(dirname(resolve(model)));
  return (path, offset, length) => {
    let file: number;
    try {
      const real = realpathSync(join(folder, path));
      const inside = relative(folder, real);
      if (inside === '..' || inside.startsWith(`..${sep}`) || resolve(inside) === inside) return null;
      file = openSync(real, 'r');
    } catch {
      return null;
    }
    try {
      const stat = fstatSync(file);
      if (!stat.isFile()) return null;
      const there = Math.max(0, Math.min(length ?? stat.size, stat.size - offset));
      const bytes = new Uint8Array(there);
      readSync(file, bytes, 0, there, offset);
      return bytes;
    } finally {
      closeSync(file);
    }
  };
}

export const isModelFile = (path: string): boolean => /\.onnx$/i.test(path);

export interface Opened {
  /** Null where an error stands in the way. */
  readonly document: GraphDocument | null;
  readonly diagnostics: readonly Diagnostic[];
  /** What came of a model; null for a document. */
  readonly imported: ImportResult | null;
}

/** A document, or a model as one, checked. */
export function openGraph(path: string): Opened {
  const bytes = readBytes(path);
  if (isModelFile(path)) {
    const imported = importModel(bytes, registry, { external: besideModel(path) });
    const { document } = imported;
    const found = document ? check(document, registry).diagnostics.filter(isForModels) : [];
    return { document, diagnostics: [...imported.diagnostics, ...found, ...checkInformation(bytes)], imported };
  }
  const { document, diagnostics } = parseDocument(new TextDecoder().decode(bytes));
  const found = document ? check(document, registry).diagnostics : [];
  return { document, diagnostics: [...diagnostics, ...found], imported: null };
}

/** A model is not drawn to be trained as it is. */
const isForModels = ({ severity }: Diagnostic): boolean => severity === 'error';

/** What is wrong with what a model says of its training. */
function checkInformation(bytes: Uint8Array): Diagnostic[] {
  const { proto } = tryRead(bytes) ?? {};
  if (!proto || proto.trainingInfo.length === 0) return [];
  return checkTraining(proto, registry).map((title) => diagnostic('onnx/training', {}, { title }));
}

function tryRead(bytes: Uint8Array) {
  try {
    return readModel(bytes);
  } catch {
    // Why it cannot be read has been told.
    return null;
  }
}
