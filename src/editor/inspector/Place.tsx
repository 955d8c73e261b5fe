import { ArrowDown, ArrowLeft, ArrowRight, ArrowUp } from 'lucide-react';
import { nudges } from '../commands/nodes.ts';
import { editor } from '../store/editor.ts';
import { IconButton } from '../widgets/Button.tsx';
import { shortcutOf } from '../widgets/shortcut.ts';
import { Section } from './Section.tsx';

const ICONS = {
  'node.nudge-left-far': ArrowLeft,
  'node.nudge-right-far': ArrowRight,
  'node.nudge-up-far': ArrowUp,
  'node.nudge-down-far': ArrowDown,
} as const;

/** Moves what is selected without a drag. */
export function Place() {
  return (
    <Section title="Place">
      <div className="flex gap-1">
        {nudges.map((command) => {
          const Icon = ICONS[command.id as keyof typeof ICONS];
          return (
            Icon && (
              <IconButton
                key={command.id}
                kind="plain"
                label={command.label.replace(' by much', '')}
                shortcut={shortcutOf(command)}
                onClick={() => void command.run(editor)}
              >
                <Icon size={14} />
              </IconButton>
            )
          );
        })}
      </div>
    </Section>
  );
}
