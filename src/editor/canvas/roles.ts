/** Which of the three hues a drawn node has: what computes values, what computes gradients, what changes parameters. */
import type { OpRecord } from '../../compiler/op.ts';

export type NodeRole = 'forward' | 'backward' | 'update';

export function roleOf(record: OpRecord | undefined): NodeRole {
  switch (record?.kind) {
    case 'parameter':
    case 'optimizer':
      return 'update';
    case 'gradient':
      return 'backward';
    default:
      return 'forward';
  }
}
