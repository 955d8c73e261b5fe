import type { DerivedNode } from '../../compiler/result.ts';

/** The IR a derived node stands for, one equation a line. */
export function Equations({ node }: { readonly node: DerivedNode }) {
  return (
    <ol
      className="scroll-thin mt-1 overflow-x-auto whitespace-pre font-mono text-muted text-sm"
      aria-label={`Equations of ${node.title}`}
    >
      {node.equations.map((equation) => (
        <li key={equation}>{equation}</li>
      ))}
    </ol>
  );
}
