/** The page under test and its scripting interface. */
import { readFileSync } from 'node:fs';
import { expect, type Page } from '@playwright/test';
import { type AttributeValue, emptyDocument, type GraphDocument } from '../../src/compiler/document.ts';
import type { TrainRequest } from '../../src/editor/session/scripting.ts';
import type { BackendChoice } from '../../src/editor/store/types.ts';

const ROOT = new URL('../../', import.meta.url);

export function readJson(path: string) {
  return JSON.parse(readFileSync(new URL(path, ROOT), 'utf8'));
}

export function example(name: string): GraphDocument {
  return readJson(`examples/${name}.json`);
}

export interface Changes {
  /** Attributes that nodes get besides their own, by node. */
  readonly attributes?: Readonly<Record<string, Readonly<Record<string, AttributeValue>>>>;
  /** Other operators with their attributes, by node. */
  readonly operators?: Readonly<Record<string, readonly [op: string, attributes: Record<string, AttributeValue>]>>;
  readonly training?: Partial<GraphDocument['graph']['training']>;
}

/** The document with some nodes and options changed. */
export function changed(
  document: GraphDocument,
  { attributes = {}, operators = {}, training }: Changes,
): GraphDocument {
  const { graph } = document;
  const nodes = Object.values(graph.nodes).map((node) => {
    const [op, own] = operators[node.id] ?? [node.op, node.attributes];
    return [node.id, { ...node, op, attributes: { ...own, ...attributes[node.id] } }];
  });
  const options = { ...emptyDocument().graph.training, ...graph.training, ...training };
  return { ...document, graph: { ...graph, nodes: Object.fromEntries(nodes), training: options } };
}

/** `values` as the initial values of a Parameter. */
export const initial = (values: readonly number[]) => ({ initializer: 'values', values });

async function ready(page: Page): Promise<void> {
  await page.waitForFunction(() => 'wiregrad' in window);
}

/** Puts a document where the page keeps the last one, as if it had been drawn on an earlier visit. */
export async function remember(page: Page, text: string): Promise<void> {
  await page.route('**/elsewhere', (route) => route.fulfill({ contentType: 'text/html', body: '' }));
  await page.goto('./elsewhere');
  await page.evaluate(
    (value) =>
      new Promise<void>((resolve, reject) => {
        const opening = indexedDB.open('keyval-store');
        opening.onupgradeneeded = () => opening.result.createObjectStore('keyval');
        opening.onerror = () => reject(opening.error);
        opening.onsuccess = () => {
          const writing = opening.result.transaction('keyval', 'readwrite');
          writing.objectStore('keyval').put(value, 'wiregrad.document');
          writing.oncomplete = () => {
            opening.result.close();
            resolve();
          };
        };
      }),
    text,
  );
}

/** Opens the page with this document, which does not train yet; with an empty canvas if there is none. */
export async function openApp(page: Page, backend: BackendChoice = 'wasm', document = emptyDocument()): Promise<void> {
  await remember(page, JSON.stringify(document));
  await page.goto(`./?backend=${backend}`);
  await ready(page);
}

/** Follows a link to an example, which trains at once. */
export async function followExample(page: Page, name: string, backend: BackendChoice = 'wasm'): Promise<void> {
  await page.goto(`./?backend=${backend}#example=${name}`);
  await ready(page);
}

export async function visit(page: Page, address = './'): Promise<void> {
  await page.goto(address);
  await ready(page);
}

export const open = (page: Page, document: GraphDocument) =>
  page.evaluate((value) => window.wiregrad.open(value), document);

/** Trains so many steps more. */
export const train = (page: Page, steps: number, request: Omit<TrainRequest, 'steps'> = {}) =>
  page.evaluate((value) => window.wiregrad.train(value), { watch: 'nothing', ...request, steps } as TrainRequest);

/** Losses of the next steps, one by one. */
export async function losses(page: Page, steps: number): Promise<(number | null)[]> {
  const found: (number | null)[] = [];
  for (let step = 0; step < steps; step++) found.push((await train(page, 1, { evaluate: false })).loss);
  return found;
}

export const status = (page: Page) => page.evaluate(() => window.wiregrad.status());

/** Waits until training has come to this step. */
export const reach = (page: Page, step: number, timeout = 60_000) =>
  page.waitForFunction((least) => 'wiregrad' in window && window.wiregrad.status().step >= least, step, { timeout });

export function expectClose(actual: readonly (number | null)[], expected: readonly number[], relative: number): void {
  expect(actual).toHaveLength(expected.length);
  expected.forEach((value, at) => {
    const difference = Math.abs((actual[at] ?? Number.NaN) - value);
    expect(difference, `loss ${at}: ${actual[at]} for ${value}`).toBeLessThanOrEqual(relative * Math.abs(value));
  });
}
