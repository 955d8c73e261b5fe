/** A drawing as the end of an address: its JSON, compressed, in letters that addresses allow. */
import { type Diagnostic, diagnostic } from '../../compiler/diagnostics.ts';
import type { GraphDocument } from '../../compiler/document.ts';
import { parseDocument } from '../../compiler/document-parse.ts';

/** Characters of a whole link. Mail and chat programs cut longer ones, and some browsers do. */
export const LONGEST_LINK = 32_000;
/** Bytes of a drawing in a link at most: a few letters can stand for very many. */
const LARGEST_DRAWING = 16_000_000;
/** Bytes that become characters at a time. */
const PIECE = 0x8000;

function toBase64Url(bytes: Uint8Array): string {
  let binary = '';
  for (let at = 0; at < bytes.length; at += PIECE) binary += String.fromCharCode(...bytes.subarray(at, at + PIECE));
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
}

/** Throws where the text is none. */
function fromBase64Url(text: string): Uint8Array<ArrayBuffer> {
  if (!/^[\w-]*$/.test(text)) throw new Error('It has characters that links do not have');
  return Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (letter) => letter.charCodeAt(0));
}

async function through(bytes: Uint8Array<ArrayBuffer>, transform: GenericTransformStream): Promise<Uint8Array> {
  const reader = (new Blob([bytes]).stream().pipeThrough(transform) as ReadableStream<Uint8Array>).getReader();
  const parts: Uint8Array[] = [];
  let size = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    size += value.length;
    if (size > LARGEST_DRAWING) {
      await reader.cancel();
      throw new Error(`It holds more than ${LARGEST_DRAWING / 1e6} MB`);
    }
    parts.push(value);
  }
  const all = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** Ids are the keys of nodes and wires already. */
function withoutIds<T extends { readonly id: string }>(items: Readonly<Record<string, T>>) {
  return Object.fromEntries(Object.entries(items).map(([key, { id: _, ...rest }]) => [key, rest]));
}

function shortened(document: GraphDocument): string {
  const { graph } = document;
  return JSON.stringify({
    ...document,
    graph: { ...graph, nodes: withoutIds(graph.nodes), edges: withoutIds(graph.edges) },
  });
}

/** The address of the page, without its settings, with the drawing in it. `run`: it trains when it is opened. */
export async function linkTo(document: GraphDocument, address: string, run: boolean): Promise<string> {
  const bytes = new TextEncoder().encode(shortened(document));
  const packed = toBase64Url(await through(bytes, new CompressionStream('deflate-raw')));
  const url = new URL(address);
  url.search = '';
  url.hash = `doc=${packed}${run ? '&run=1' : ''}`;
  return url.href;
}

export interface ReadLink {
  readonly document: GraphDocument | null;
  readonly run: boolean;
  readonly diagnostics: readonly Diagnostic[];
}

function broken(cause: string): readonly Diagnostic[] {
  return [diagnostic('document/link', {}, { title: 'The link does not hold a drawing that can be read', cause })];
}

/** The drawing in the hash of an address; null where the hash is none of these. */
export async function readLink(hash: string): Promise<ReadLink | null> {
  const parameters = new URLSearchParams(hash.replace(/^#/, ''));
  const packed = parameters.get('doc');
  if (packed === null) return null;
  const run = parameters.get('run') === '1';
  try {
    const bytes = await through(fromBase64Url(packed), new DecompressionStream('deflate-raw'));
    const { document, diagnostics } = parseDocument(new TextDecoder().decode(bytes));
    const [first] = diagnostics;
    return document
      ? { document, run, diagnostics }
      : { document, run, diagnostics: broken(first ? `${first.title}. ${first.cause}` : 'It is empty.') };
  } catch (error) {
    const reason = error instanceof Error && /^It /.test(error.message) ? `${error.message}. ` : '';
    const cause = `${reason}It was cut off or changed on its way. Ask for the link again, or for the drawing as a file.`;
    return { document: null, run, diagnostics: broken(cause) };
  }
}
