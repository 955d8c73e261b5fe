import { useId, useState } from 'react';
import type { PortRef } from '../../compiler/document.ts';
import { Button } from '../widgets/Button.tsx';
import { elementName, largestOf, parseElement } from './elements.ts';
import { chooseElement } from './explain-store.ts';

interface ElementFieldProps {
  readonly value: PortRef;
  readonly name: string;
  readonly shape: readonly number[];
  readonly element: number;
  readonly gradient: Float32Array | null;
}

/** Which element is looked at; nothing to choose where there is one. */
export function ElementField({ value, name, shape, element, gradient }: ElementFieldProps) {
  if (shape.every((size) => size === 1)) return null;
  const shown = elementName(element, shape);
  return (
    <Field key={shown} {...{ value, name, shape, shown }}>
      {gradient && (
        <Button onClick={() => chooseElement(value, largestOf(gradient))} title="Where the gradient is largest">
          Largest
        </Button>
      )}
    </Field>
  );
}

interface FieldProps extends Pick<ElementFieldProps, 'value' | 'name' | 'shape'> {
  readonly shown: string;
  readonly children: React.ReactNode;
}

function Field({ value, name, shape, shown, children }: FieldProps) {
  const [text, setText] = useState(shown);
  const [wrong, setWrong] = useState(false);
  const id = useId();
  const commit = () => {
    const element = parseElement(text, shape);
    setWrong(element === null);
    if (element !== null) chooseElement(value, element);
  };
  return (
    <div>
      <div className="flex items-center gap-2">
        <label htmlFor={id} className="shrink-0 text-muted">
          {name} at
        </label>
        <input
          id={id}
          className="field min-w-0 flex-1 font-mono"
          spellCheck={false}
          value={text}
          aria-invalid={wrong}
          aria-describedby={`${id}-shape`}
          onChange={(event) => setText(event.target.value)}
          onBlur={commit}
          onKeyDown={(event) => event.key === 'Enter' && commit()}
        />
        {children}
      </div>
      <p id={`${id}-shape`} className={wrong ? 'text-error text-sm' : 'text-faint text-sm'}>
        {wrong ? `There is no such element in [${shape.join(', ')}].` : `of [${shape.join(', ')}], counted from 0`}
      </p>
    </div>
  );
}
