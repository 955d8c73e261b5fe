import { ChevronRight } from 'lucide-react';
import { useMemo } from 'react';
import { languageOptions } from '../../compiler/document.ts';
import type { RewriteReport } from '../../compiler/report.ts';
import { ALL_REWRITES, setRewrite, toggleRewrites } from '../commands/language.ts';
import { editor } from '../store/editor.ts';
import { useDocumentState, useNode } from '../store/hooks.ts';
import { formatCount } from '../widgets/format.ts';
import { Toggle } from '../widgets/Toggle.tsx';
import { jumpTo } from './jump.ts';
import { type RuleGroup, rewriteGroups } from './rewrite-groups.ts';

const ROLE = { forward: 'text-forward', backward: 'text-backward', update: 'text-update' } as const;

/** Applications of a rule beyond these are only counted. */
const SHOWN = 100;

/** Every rule, what it did here, and whether it may. */
export function Rewrites({ rewrites }: { readonly rewrites: readonly RewriteReport[] }) {
  const groups = useMemo(() => rewriteGroups(rewrites), [rewrites]);
  const disabled = useDocumentState((state) => languageOptions(state.document).disabledRewrites);
  const allOff = disabled.includes(ALL_REWRITES);
  return (
    <div className="px-4 py-3">
      <div className="flex items-center gap-3">
        <Toggle label="All rewrites" checked={!allOff} onChange={() => void toggleRewrites.run(editor)} />
        <p>
          <span className="font-medium">All rewrites</span>
          <span className="ml-2 text-muted">
            Without them training is slower, and expressions that overflow are taken as they are drawn.
          </span>
        </p>
      </div>
      <div className="mt-3 grid gap-x-8 gap-y-4 lg:grid-cols-3">
        {groups.map(({ family, title, about, rules }) => (
          <section key={family} aria-labelledby={`rewrites-${family}`} className="min-w-0">
            <h3 id={`rewrites-${family}`} className="font-medium">
              {title}
            </h3>
            <p className="pb-1 text-faint text-sm">{about}</p>
            <ul>
              {rules.map((group) => (
                <Rule key={group.rule} group={group} off={allOff || disabled.includes(group.rule)} fixed={allOff} />
              ))}
            </ul>
          </section>
        ))}
      </div>
    </div>
  );
}

interface RuleProps {
  readonly group: RuleGroup;
  readonly off: boolean;
  /** All are off, so that one cannot be switched. */
  readonly fixed: boolean;
}

function Rule({ group: { rule, count, stages }, off, fixed }: RuleProps) {
  const name = (
    <>
      <span className={off ? 'text-faint line-through' : ''}>{rule}</span>
      <span className="ml-auto pl-2 text-faint">{off ? 'off' : count > 0 ? `${formatCount(count)}×` : '–'}</span>
    </>
  );
  return (
    <li className="flex gap-2">
      <Toggle
        label={rule}
        checked={!off}
        disabled={fixed}
        onChange={(enabled) => void setRewrite.run(editor, { rule, enabled })}
      />
      {stages.length === 0 ? (
        <p className="flex min-h-7 min-w-0 flex-1 items-center pl-[18px]">{name}</p>
      ) : (
        <details className="group min-w-0 flex-1">
          <summary className="flex min-h-7 list-none items-center gap-1 hover:text-ink">
            <ChevronRight size={14} className="shrink-0 text-faint transition-transform group-open:rotate-90" />
            {name}
          </summary>
          {stages.map(({ stage, steps }) => (
            <div key={stage} className="pb-2 pl-[18px]">
              <p className="label-caps">{stage === 'kernels' ? 'for kernels' : stage}</p>
              <ul>
                {steps.slice(0, SHOWN).map((step) => (
                  <Step key={JSON.stringify([step.node, step.role, step.before, step.after])} step={step} />
                ))}
              </ul>
              {steps.length > SHOWN && <p className="text-muted">and {formatCount(steps.length - SHOWN)} more</p>}
            </div>
          ))}
        </details>
      )}
    </li>
  );
}

function Step({ step: { node, role, before, after, count } }: { readonly step: RewriteReport }) {
  const drawn = useNode(node ?? '');
  return (
    <li className="flex flex-wrap items-baseline gap-x-2 py-0.5 text-sm">
      <span className="break-words font-mono text-muted">
        {before} → <span className="text-ink">{after}</span>
      </span>
      {drawn && (
        <button type="button" className="min-h-6 underline" onClick={() => jumpTo(drawn.id)}>
          {drawn.name}
        </button>
      )}
      <span className={ROLE[role]}>{role}</span>
      {count > 1 && <span className="text-faint">{formatCount(count)}×</span>}
    </li>
  );
}
