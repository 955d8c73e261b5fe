/** Writes docs/operators.md, the table of all operators, from the registry. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { Builder, CONSTANT } from '../src/compiler/builder.ts';
import { isNoGradient, type OpRecord } from '../src/compiler/op.ts';
import { toKernels } from '../src/compiler/phases/6-emit.ts';
import { registry } from '../src/nodes/registry.ts';
import { contractOperands } from './contract-operands.ts';
import { finish } from './gradient-check.ts';
import { readFixtures } from './gradient-fixtures.ts';

export const OPERATORS_FILE = 'docs/operators.md';

const INTRODUCTION = `# Operators

<!-- Written by \`npm run docs:operators\`; do not edit. -->

Names and attributes are those of ONNX where ONNX has the operator. In the gradients, $\`\\bar x\`$ is the gradient of the cost
with respect to $\`x\`$; sums over broadcast axes and over several uses of a value are left out, since they are the same for all
operators. “Through its parts” is differentiated through the operators it consists of. “Becomes” names the ONNX operators it is
exported as, in the cases that the tests look at. “PyTorch” counts test cases whose values and gradients were computed by PyTorch,
“Differences” those whose first and second derivatives are compared with differences of values.

“WebGPU” says whether an operator and its gradients run there with no node on the CPU. All do that compute something:
\`npm run test:webgpu\` runs all cases of both columns in Chromium and compares them with WebAssembly. Operators without a kernel in
ONNX Runtime's WebGPU provider, or with one that is wrong, become others; that is the reason why many become something else than
themselves. “—” computes nothing by itself.
`;

/** LaTeX in a cell of a table, where a bar would end it. */
const math = (latex: string) => `$\`${latex.replaceAll('|', '\\vert ')}\`$`;

function gradientCell({ gradient, doc }: OpRecord): string {
  if (isNoGradient(gradient)) return `None: ${gradient.reason.charAt(0).toLowerCase()}${gradient.reason.slice(1)}`;
  if (gradient === 'expansion') return 'Through its parts';
  return doc.gradient ? math(doc.gradient) : '';
}

/** The operators that an operator is emitted as. */
function kernelsOf({ name, cases = [], kind = 'operator' }: OpRecord): string {
  if (kind !== 'operator') return '';
  const dims = { batch: 2 };
  const ops = cases.flatMap(([operands, attributes]) => {
    const b = new Builder(registry);
    const inputs = contractOperands(operands, dims).map(
      (each, at) => each && b.input(each.type, { kind: 'feed', node: `x${at}`, name: `x${at}` }),
    );
    const outputs = b.emitAll(name, inputs, attributes);
    return toKernels(finish(b, outputs), registry, dims).equations.map(({ op }) => op);
  });
  const distinct = [...new Set(ops)].filter((op) => op !== CONSTANT);
  return distinct.length > 0 ? distinct.join(', ') : 'nothing';
}

export function operatorsTable(): string {
  const fixtures = [...readFixtures().values()].flat();
  const categories = [...new Set([...registry.values()].map(({ category }) => category))];
  const sections = categories.map((category) => {
    const rows = [...registry.values()]
      .filter((record) => record.category === category)
      .map((record) => {
        const checked = fixtures.filter(({ op }) => op === record.name).length;
        const cells = [
          `**${record.name}**`,
          record.aliases?.join(', ') ?? '',
          gradientCell(record),
          kernelsOf(record),
          (record.kind ?? 'operator') === 'operator' ? 'yes' : '—',
          String(checked || ''),
          String(record.cases?.length ?? ''),
        ];
        return `| ${cells.map((cell) => (cell.startsWith('$') ? cell : cell.replaceAll('|', '\\|'))).join(' | ')} |`;
      });
    const heading =
      '| Operator | Also called | Gradient | Becomes | WebGPU | PyTorch | Differences |\n|---|---|---|---|---|---|---|';
    return `\n## ${category}\n\n${heading}\n${rows.join('\n')}\n`;
  });
  return INTRODUCTION + sections.join('');
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  mkdirSync('docs', { recursive: true });
  writeFileSync(OPERATORS_FILE, operatorsTable());
}
