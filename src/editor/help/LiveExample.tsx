import { useEffect, useMemo, useState } from 'react';
import { type OpExample, type OpRecord, portNames } from '../../compiler/op.ts';
import { Scratch } from '../../runtime/scratch.ts';
import { editor } from '../store/editor.ts';
import { Button } from '../widgets/Button.tsx';
import { insertExample } from './commands.ts';
import { type ExampleResult, exampleModel, runExample } from './example.ts';
import { closeHelp } from './help-store.ts';
import { TensorTable } from './TensorTable.tsx';

/** One worker for all examples, from the first on. */
const scratch = new Scratch();

/** An example that is computed here and now; its inputs can be changed. */
export function LiveExample({ record, example }: { readonly record: OpRecord; readonly example: OpExample }) {
  const [inputs, setInputs] = useState(example.inputs);
  const [result, setResult] = useState<ExampleResult | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const model = useMemo(() => exampleModel(record, editor.registry, example), [record, example]);
  useEffect(() => {
    let current = true;
    runExample(scratch, model, inputs).then(
      (found) => {
        if (!current) return;
        setResult(found);
        setProblem(null);
      },
      (error: Error) => current && setProblem(error.message),
    );
    return () => {
      current = false;
    };
  }, [model, inputs]);
  const names = [...portNames(record.inputs, inputs.length), ...(record.random ? ['generator'] : [])];
  const results = portNames(record.outputs, model.outputs);
  const attributes = Object.entries(example.attributes ?? {});
  return (
    <div className="rounded-lg border border-line p-3" data-live={result ? 'done' : problem ? 'failed' : 'running'}>
      {attributes.length > 0 && (
        <p className="mb-2 font-mono text-muted text-sm">
          {attributes.map(([name, value]) => `${name} = ${JSON.stringify(value)}`).join(', ')}
        </p>
      )}
      <div className="flex flex-wrap gap-x-6 gap-y-3">
        {inputs.map((data, at) =>
          data ? (
            <div key={names[at]} className="flex min-w-0 flex-col gap-1.5">
              <TensorTable
                label={names[at] ?? ''}
                data={data}
                colour="forward"
                onChange={(next) => setInputs(inputs.map((old, index) => (index === at ? next : old)))}
              />
              {result?.gradients[at] && (
                <TensorTable
                  label={`gradient of the sum by ${names[at]}`}
                  data={result.gradients[at]}
                  colour="backward"
                />
              )}
            </div>
          ) : null,
        )}
        {result?.outputs.map((data, at) => (
          <TensorTable key={results[at]} label={`→ ${results[at]}`} data={data} colour="forward" />
        ))}
      </div>
      {problem && <p className="mt-2 text-error">{problem}</p>}
      {!result && !problem && <p className="mt-2 text-muted">Computing…</p>}
      <div className="mt-3 flex items-center gap-2">
        <Button
          onClick={() => {
            closeHelp();
            void insertExample.run(editor, { record, example: { ...example, inputs } });
          }}
        >
          Insert example
        </Button>
        {inputs !== example.inputs && (
          <Button kind="quiet" onClick={() => setInputs(example.inputs)}>
            Reset
          </Button>
        )}
        <span className="text-faint text-sm">Computed by ONNX Runtime; change an input.</span>
      </div>
    </div>
  );
}
