/** The JSON Schema of documents: what a file may hold, for editors and for programs that write drawings. */
import { BROADCAST_RULES, DOCUMENT_VERSION } from './document.ts';
import type { AttributeSpec, Registry } from './op.ts';

type Schema = Readonly<Record<string, unknown>>;

const STRING: Schema = { type: 'string' };
const ref = (name: string): Schema => ({ $ref: `#/$defs/${name}` });
const map = (of: Schema): Schema => ({ type: 'object', additionalProperties: of });

function object(required: Readonly<Record<string, Schema>>, optional: Readonly<Record<string, Schema>> = {}): Schema {
  return { type: 'object', properties: { ...required, ...optional }, required: Object.keys(required) };
}

function attributeSchema({ type, doc, choices, min, max, default: value }: AttributeSpec): Schema {
  const bounds = { ...(min !== undefined && { minimum: min }), ...(max !== undefined && { maximum: max }) };
  const common = { description: doc, default: value };
  switch (type) {
    case 'int':
      return { ...common, type: 'integer', ...bounds };
    case 'float':
      return { ...common, type: 'number', ...bounds };
    case 'boolean':
      return { ...common, type: 'boolean' };
    case 'ints':
      return { ...common, type: 'array', items: { type: 'integer', ...bounds } };
    case 'floats':
      return { ...common, type: 'array', items: { type: 'number', ...bounds } };
    case 'shape':
      return { ...common, type: 'array', items: { type: ['integer', 'string'] } };
    case 'strings':
      return { ...common, type: 'array', items: STRING };
    case 'choice':
      return { ...common, enum: choices ?? [] };
    default:
      return { ...common, type: 'string' };
  }
}

/** The schema, in which every operator of the registry has its attributes. Unknown operators and properties are legal. */
export function documentSchema(registry: Registry): Schema {
  const operators = [...registry.values()].map(({ name, attributes }) => ({
    if: { properties: { op: { const: name } }, required: ['op'] },
    // biome-ignore lint/suspicious/noThenProperty: the keyword of JSON Schema
    then: {
      properties: {
        attributes: {
          properties: Object.fromEntries(
            Object.entries(attributes).map(([attribute, spec]) => [attribute, attributeSchema(spec)]),
          ),
        },
      },
    },
  }));
  const port = object({ node: STRING, port: STRING });
  const flag: Schema = { type: 'boolean' };
  const place = object({ x: { type: 'number' }, y: { type: 'number' } });
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'Wiregrad document',
    ...object(
      {
        format: { const: 'wiregrad' },
        version: { type: 'integer', minimum: 1, maximum: DOCUMENT_VERSION },
        name: STRING,
        graph: object(
          { nodes: map(ref('node')), training: ref('training') },
          {
            edges: map(ref('edge')),
            modules: map(
              object({ name: STRING, nodes: map(ref('node')) }, { description: STRING, edges: map(ref('edge')) }),
            ),
            datasets: map({ type: 'object' }),
            options: object(
              {},
              { broadcast: { enum: BROADCAST_RULES }, disabledRewrites: { type: 'array', items: STRING } },
            ),
          },
        ),
      },
      {
        description: STRING,
        layout: object({}, { nodes: map(place), modules: map(map(place)), views: map({ type: 'object' }) }),
      },
    ),
    $defs: {
      node: {
        ...object(
          { op: { ...STRING, description: 'An operator, or module:<id> for an instance of a module.' }, name: STRING },
          { attributes: map({ type: ['number', 'string', 'boolean', 'array'] }), muted: flag, bypassed: flag },
        ),
        allOf: operators,
      },
      edge: object({ source: port, target: port }),
      training: object(
        {},
        {
          batchSize: { type: 'integer', minimum: 1 },
          seed: { type: 'integer', minimum: 0 },
          shuffle: flag,
          epochs: { type: 'integer', minimum: 0 },
        },
      ),
    },
  };
}
