/** Writes the types of `op` of the symbolic language from the registry. */
import { writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import type { AttributeSpec, OpRecord } from '../src/compiler/op.ts';
import { registry } from '../src/nodes/registry.ts';

export const SYMBOLIC_TYPES_FILE = 'src/symbolic/operators-types.ts';

const INTRODUCTION = `/** The operators' inputs, attributes and results. Written by \`npm run docs:operators\`; do not edit. */
import type { Dim } from '../compiler/dims.ts';
import type { Node, Results } from './operators.ts';
import type { Operand, Variable } from './variable.ts';

type In = Operand;
`;

function attributeType({ type, choices }: AttributeSpec): string {
  switch (type) {
    case 'int':
    case 'float':
      return 'number';
    case 'boolean':
      return 'boolean';
    case 'choice':
      return (choices ?? []).map((choice) => `'${choice}'`).join(' | ');
    case 'ints':
    case 'floats':
      return 'readonly number[]';
    case 'shape':
      return 'readonly Dim[]';
    case 'strings':
      return 'readonly string[]';
    default:
      return 'string';
  }
}

function resultType({ outputs }: OpRecord): string {
  const [first, more] = outputs;
  if (!first) return 'Node';
  if (first.variadic) return 'Results';
  return more ? `Results<${outputs.map(({ name }) => `'${name}'`).join(' | ')}>` : 'Variable';
}

function signatures(record: OpRecord): string[] {
  const attributes = Object.entries(record.attributes).map(([name, spec]) => `${name}?: ${attributeType(spec)}`);
  const given = attributes.length > 0 ? `{ ${attributes.join('; ')} }` : null;
  const result = resultType(record);
  const required = record.inputs.filter(({ optional, variadic }) => !optional && !variadic);
  if (record.inputs.at(-1)?.variadic) {
    const before = required.map(({ name }) => `${name}: In`).join(', ');
    const rest = given ? `[...In[], ${given}] | In[]` : 'In[]';
    return [`(${before}${before && ', '}...rest: ${rest}): ${result}`];
  }
  return Array.from({ length: record.inputs.length - required.length + 1 }, (_, extra) => {
    const ports = record.inputs.slice(0, required.length + extra);
    const inputs = ports.map(({ name, optional }) => `${name}: In${optional ? ' | null' : ''}`);
    return `(${[...inputs, ...(given ? [`attributes?: ${given}`] : [])].join(', ')}): ${result}`;
  });
}

export function symbolicTypes(): string {
  const members = [...registry.values()]
    .filter(({ internal, kind }) => !internal && kind !== 'module')
    .flatMap((record) => {
      const doc = `  /** ${record.doc.summary} */`;
      const [only, ...others] = signatures(record);
      if (others.length === 0) return [doc, `  ${record.name}${only};`];
      return [doc, `  ${record.name}: {`, ...signatures(record).map((each) => `    ${each};`), '  };'];
    });
  return `${INTRODUCTION}\nexport interface Operators {\n${members.join('\n')}\n}\n`;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  writeFileSync(SYMBOLIC_TYPES_FILE, symbolicTypes());
}
