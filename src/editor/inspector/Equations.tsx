import type { DerivedNode } from '../../compiler/result.ts';

/** The IR a derived node stands for, one equation a line. */
export function Equations({ node }: { readonly node: DerivedNode }) {
  return (
    <ol className="mt-1 break-words font-mono text-muted text-sm" aria-label={`Equations of ${node.title}`}>
      {node.equations.map((equation) => (
        <li key={equation} className="pl-4 -indent-4">
          {equation}
        </li>
      ))}
    </ol>
  );
}
