import { parseBreakpoint } from './breakpoints-parse.ts';
import { parseDatasets } from './datasets-parse.ts';
import { type Diagnostic, type DiagnosticCode, diagnostic } from './diagnostics.ts';
import {
  type AttributeValue,
  BROADCAST_RULES,
  DEFAULT_TRAINING,
  DOCUMENT_VERSION,
  type DocumentEdge,
  type DocumentNode,
  type ExposedAttribute,
  type GraphDocument,
  type ModuleDefinition,
  type Places,
  type PortRef,
  type SavedView,
  type TrainingOptions,
} from './document.ts';
import { finite, flag, isObject, Malformed, malformed, map, object, text } from './document-json.ts';
import type { AttributeSpec } from './op.ts';
import { attributeProblem } from './phases/resolve/attributes.ts';
import { readLoop } from './training-options.ts';

export interface ParsedDocument {
  /** Null where an error makes the text unusable. */
  readonly document: GraphDocument | null;
  readonly diagnostics: readonly Diagnostic[];
}

function attribute(value: unknown, path: string): AttributeValue {
  if (typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  const list = Array.isArray(value) && value.every((item) => typeof item === 'string' || Number.isFinite(item));
  return list
    ? (value as (string | number)[])
    : malformed(path, 'a number, text, true, false or a list of numbers or texts', value);
}

function node(value: unknown, path: string, id: string): DocumentNode {
  const { op, name, attributes = {}, muted, bypassed } = object(value, path);
  return {
    id,
    op: text(op, `${path}.op`),
    name: text(name, `${path}.name`),
    attributes: map(attributes, `${path}.attributes`, attribute),
    ...(flag(muted, `${path}.muted`) && { muted: true }),
    ...(flag(bypassed, `${path}.bypassed`) && { bypassed: true }),
  };
}

function port(value: unknown, path: string): PortRef {
  const { node: id, port: name } = object(value, path);
  return { node: text(id, `${path}.node`), port: text(name, `${path}.port`) };
}

function edge(value: unknown, path: string, id: string): DocumentEdge {
  const { source, target } = object(value, path);
  return { id, source: port(source, `${path}.source`), target: port(target, `${path}.target`) };
}

function exposed(value: unknown, path: string): ExposedAttribute {
  const { node: id, attribute: name, as } = object(value, path);
  return { node: text(id, `${path}.node`), attribute: text(name, `${path}.attribute`), as: text(as, `${path}.as`) };
}

/** A definition of a module. Throws where it is malformed. */
function moduleDefinition(value: unknown, path: string, id: string): ModuleDefinition {
  const given = object(value, path);
  const list = given.exposed;
  if (list !== undefined && !Array.isArray(list)) malformed(`${path}.exposed`, 'a list', list);
  return {
    id,
    name: text(given.name, `${path}.name`),
    description: given.description === undefined ? '' : text(given.description, `${path}.description`),
    nodes: map(given.nodes, `${path}.nodes`, node),
    edges: map(given.edges ?? {}, `${path}.edges`, edge),
    ...(list !== undefined && {
      exposed: (list as unknown[]).map((item, at) => exposed(item, `${path}.exposed[${at}]`)),
    }),
  };
}

function places(value: unknown, path: string): Places {
  return map(value, path, (item, at) => {
    const { x, y } = object(item, at);
    return { x: finite(x, `${at}.x`), y: finite(y, `${at}.y`) };
  });
}

function savedView(value: unknown, path: string): SavedView {
  const { name, x, y, zoom, path: sheet } = object(value, path);
  if (sheet !== undefined && !Array.isArray(sheet)) malformed(`${path}.path`, 'a list', sheet);
  const scale = finite(zoom, `${path}.zoom`);
  return {
    name: text(name, `${path}.name`),
    x: finite(x, `${path}.x`),
    y: finite(y, `${path}.y`),
    zoom: scale > 0 ? scale : malformed(`${path}.zoom`, 'above 0', zoom),
    ...(sheet !== undefined && { path: (sheet as unknown[]).map((id, at) => text(id, `${path}.path[${at}]`)) }),
  };
}

/** A value as its specification wants it. */
function known(value: unknown, spec: AttributeSpec, path: string): AttributeValue {
  const given = attribute(value, path);
  const problem = attributeProblem(given, spec);
  if (problem) throw new Malformed('document/malformed', `${path} ${problem}`, `It is ${JSON.stringify(value)}.`);
  return given;
}

function training(value: unknown, path: string): TrainingOptions {
  if (value === undefined) return DEFAULT_TRAINING;
  const given = object(value, path);
  const count = (key: 'batchSize' | 'seed' | 'epochs', least: number): number => {
    const number = given[key] === undefined ? DEFAULT_TRAINING[key] : finite(given[key], `${path}.${key}`);
    return Number.isInteger(number) && number >= least
      ? number
      : malformed(`${path}.${key}`, `a whole number from ${least}`, number);
  };
  const { shuffle = DEFAULT_TRAINING.shuffle } = given;
  return {
    batchSize: count('batchSize', 1),
    seed: count('seed', 0),
    shuffle: typeof shuffle === 'boolean' ? shuffle : malformed(`${path}.shuffle`, 'true or false', shuffle),
    epochs: count('epochs', 0),
    ...readLoop(given, path, object, known),
  };
}

function options(value: unknown, path: string): GraphDocument['graph']['options'] {
  const { broadcast, disabledRewrites } = object(value, path);
  const rule = BROADCAST_RULES.find((each) => each === broadcast);
  if (broadcast !== undefined && !rule) malformed(`${path}.broadcast`, BROADCAST_RULES.join(' or '), broadcast);
  const names = disabledRewrites ?? [];
  if (!Array.isArray(names)) malformed(`${path}.disabledRewrites`, 'a list', names);
  const disabled = (names as unknown[]).map((name, at) => text(name, `${path}.disabledRewrites[${at}]`));
  return { ...(rule && { broadcast: rule }), ...(disabled.length > 0 && { disabledRewrites: disabled }) };
}

function parse(value: unknown): GraphDocument {
  if (!isObject(value) || value.format !== 'wiregrad') {
    throw new Malformed(
      'document/foreign',
      'This is not a Wiregrad document',
      'A Wiregrad file has "format": "wiregrad".',
    );
  }
  const version = finite(value.version, 'version');
  if (version > DOCUMENT_VERSION) {
    throw new Malformed(
      'document/version',
      `The document has version ${version}; this Wiregrad reads up to ${DOCUMENT_VERSION}`,
      'It was written by a newer Wiregrad. Reload the page to get the newest one.',
    );
  }
  const graph = object(value.graph, 'graph');
  const layout = value.layout === undefined ? {} : object(value.layout, 'layout');
  return {
    format: 'wiregrad',
    version: DOCUMENT_VERSION,
    name: text(value.name, 'name'),
    description: value.description === undefined ? '' : text(value.description, 'description'),
    graph: {
      nodes: map(graph.nodes, 'graph.nodes', node),
      edges: map(graph.edges ?? {}, 'graph.edges', edge),
      ...(graph.modules !== undefined && { modules: map(graph.modules, 'graph.modules', moduleDefinition) }),
      ...(graph.datasets !== undefined && { datasets: parseDatasets(graph.datasets, 'graph.datasets') }),
      training: training(graph.training, 'graph.training'),
      ...(graph.options !== undefined && { options: options(graph.options, 'graph.options') }),
    },
    layout: {
      nodes: places(layout.nodes ?? {}, 'layout.nodes'),
      ...(layout.modules !== undefined && { modules: map(layout.modules, 'layout.modules', places) }),
      ...(layout.views !== undefined && { views: map(layout.views, 'layout.views', savedView) }),
      ...(layout.breakpoints !== undefined && {
        breakpoints: map(layout.breakpoints, 'layout.breakpoints', parseBreakpoint),
      }),
    },
  };
}

function failed(code: DiagnosticCode, title: string, cause: string): ParsedDocument {
  return { document: null, diagnostics: [diagnostic(code, {}, { title, cause })] };
}

/** Reads a document that is already an object, e.g. from storage or from a script. */
export function readDocument(value: unknown): ParsedDocument {
  try {
    return { document: parse(value), diagnostics: [] };
  } catch (error) {
    if (error instanceof Malformed) return failed(error.code, error.message, error.cause_);
    throw error;
  }
}

/** Reads a document from text. Never throws: what is wrong comes back as a diagnostic that names the place. */
export function parseDocument(source: string): ParsedDocument {
  let value: unknown;
  try {
    value = JSON.parse(source);
  } catch (error) {
    const start = source.slice(0, 40).replace(/\s+/g, ' ');
    return failed(
      'document/not-json',
      'The file is not JSON',
      `It begins with “${start}” (${(error as Error).message}).`,
    );
  }
  return readDocument(value);
}

/** The text of a document as it is saved: stable key order, readable in a diff. */
export function printDocument(document: GraphDocument): string {
  return `${JSON.stringify(document, null, 2)}\n`;
}
