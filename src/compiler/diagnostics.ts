import type { AttributeValue, EdgeId, NodeId, PortRef, TrainingOptions } from './document.ts';

export type Severity = 'error' | 'warning' | 'notice';

/** Every code once, with the sentence the problems panel and the docs explain it by. */
export const DIAGNOSTICS = {
  'document/not-json': 'The file is not JSON.',
  'document/foreign': 'The file is JSON, but not a Wiregrad document.',
  'document/version': 'The document was written by a newer Wiregrad.',
  'document/malformed': 'A part of the document has a wrong form.',
  'document/not-found': 'There is no document of this name.',
  'document/link': 'A link does not hold a drawing that can be read.',
  'code/syntax': 'The code cannot be parsed.',
  'code/unsupported': 'The code uses more of JavaScript than the symbolic language has.',
  'code/unknown': 'The code uses a name that nothing has.',
  'code/value': 'The code gives a function or an operator what it cannot use.',
  'document/dangling-edge': 'A wire ends at a node or port that does not exist.',
  'document/duplicate-name': 'Two nodes have the same name.',
  'graph/unknown-operator': 'The node uses an operator this version does not know.',
  'graph/cycle': 'Values depend on themselves: the wires form a loop.',
  'graph/missing-input': 'A required input has no wire.',
  'graph/two-wires': 'An input has more than one wire.',
  'graph/bypass': 'A node that is bypassed has no input of the type of its output.',
  'graph/nothing-to-train': 'There is no optimizer and no update, so training would change nothing.',
  'graph/unused': 'Nothing uses the value of this node.',
  'module/unknown': 'The node is an instance of a module that the document does not have.',
  'module/recursive': 'A module contains itself.',
  'module/port': 'A port of a module lies outside of one.',
  'module/shared-update': 'Several instances that share a parameter each say what it becomes after the step.',
  'module/size': 'Modules within modules make more nodes than can be computed.',
  'attribute/invalid': 'An attribute has a value the operator does not accept.',
  'attribute/unknown': 'The operator has no such attribute.',
  'type/dtype': 'An input has a dtype the operator does not accept.',
  'shape/broadcast': 'Two shapes do not broadcast together.',
  'shape/stretched': 'A shape would be stretched in a way that the document forbids.',
  'shape/matmul': 'The inner sizes of a matrix product differ.',
  'shape/rank': 'An input has the wrong number of dimensions.',
  'shape/mismatch': 'Two sizes that have to be equal differ.',
  'shape/axis': 'An axis lies outside the shape.',
  'shape/reshape': 'A reshape would change the number of elements.',
  'shape/window': 'A convolution or pooling window does not fit its input.',
  'shape/limit': 'A size is larger than the operator takes.',
  'shape/symbolic': 'A size has to be a number here, but it is a named dimension.',
  'data/unknown': 'There is no data set of this name.',
  'data/several': 'Data nodes of different lengths are used in one function.',
  'data/none': 'Training needs values for an Input node.',
  'data/labels': 'Labels can be larger than the number of classes.',
  'data/column': 'A wire comes from a column that the data set does not have.',
  'data/split': 'Rows that judge a model would take part in training it.',
  'data/missing': 'The file of a data set is not in this browser.',
  'data/changed': 'A file is not the one that the data set was made from.',
  'data/file': 'A file of data is not of the format it should be, or is damaged.',
  'data/row': 'A row of a table has too many or too few cells.',
  'data/cell': 'A cell of a table is no number, or no class.',
  'data/classes': 'The classes of a label are not what they should be.',
  'data/empty': 'There are no rows, or no columns, to learn from.',
  'data/size': 'A data set is larger than fits into memory.',
  'data/splits': 'Rows cannot be divided like this.',
  'loss/logits': 'A loss gets probabilities where it takes scores, or the other way round.',
  'cost/sign': 'The cost that is minimized has no lower bound.',
  'value/not-finite': 'A value is infinite or not a number whatever the data.',
  'value/batch-axis': 'An operator works across the rows of a batch.',
  'gradient/not-scalar': 'A gradient needs a cost that is a single number.',
  'gradient/disconnected': 'The cost does not depend on the variable.',
  'gradient/zero': 'The gradient is zero everywhere, because the cost depends on the variable in steps only.',
  'gradient/undefined': 'The gradient is not defined through this operator.',
  'gradient/integer': 'Gradients exist for floating-point variables only.',
  'update/type': 'An update has another type than its parameter.',
  'update/twice': 'A parameter is updated from two places.',
  'training/no-validation': 'Something follows the validation split, and there is none.',
  'training/monitor': 'What training follows is neither the loss nor a metric.',
  'training/schedule': 'A schedule has no learning rate to change.',
  'training/batch': 'A batch has more rows than there are to train on.',
  'export/nothing': 'The drawing has nothing of the kind that is to be exported.',
  'export/program': 'A program of an exported project leaves out something of the drawing.',
  'onnx/malformed': 'The file is no ONNX model, or one that is damaged.',
  'onnx/version': 'The model is of an opset that cannot be read or written.',
  'onnx/external': 'A file with values of the model is missing, or lies outside of its folder.',
  'onnx/dtype': 'A tensor of the model has elements of a type that the language does not have.',
  'onnx/shape': 'The model does not tell the shape of a tensor.',
  'onnx/operator': 'A node of the model has no counterpart in the language.',
  'onnx/control-flow': 'A branch or loop of the model depends on values.',
  'onnx/converted': 'Something of the model is said in another type.',
  'onnx/foreign': 'A node of the model is kept as it is, without a gradient.',
  'onnx/training': 'The training information of the model breaks a rule of ONNX.',
  'onnx/weights': 'The weights of a model are too many for a drawing.',
  'onnx/name': 'The model has nothing of this name.',
  'runtime/onnxruntime': 'ONNX Runtime refused the compiled graph.',
  'runtime/data': 'A data set could not be loaded.',
  'runtime/labels': 'A label in the data is outside the classes of the loss.',
  'runtime/webgpu-missing': 'This browser offers no WebGPU adapter.',
  'runtime/device-lost': 'The GPU device was lost.',
  'runtime/worker-crashed': 'The training worker stopped.',
  'runtime/diverged': 'The loss is no longer a finite number.',
  'runtime/no-training': 'The drawing has nothing to train.',
  'runtime/stopped': 'The training worker was stopped.',
  'storage/full': 'The browser has no room left to save the document.',
} as const;

export type DiagnosticCode = keyof typeof DIAGNOSTICS;

/** Where it shows: the most exact part that is known. No node means the whole document. */
export interface Place {
  readonly node?: NodeId;
  readonly port?: string;
  /** Input ports whose wires do not fit together, where it is more than one. */
  readonly ports?: readonly string[];
  readonly edge?: EdgeId;
  readonly attribute?: string;
  /** Nodes along which something flows that does not arrive, such as a gradient; in the order of the wires. */
  readonly path?: readonly NodeId[];
}

/** One line of evidence: `left: hidden, f32[batch,784]`, and the node that fixed the size in question. */
export interface Evidence {
  readonly label: string;
  readonly text: string;
  readonly node?: NodeId;
}

/** What a fix does to the document; the editor applies all edits of a fix as one undoable step. */
export type Edit =
  | {
      readonly kind: 'set-attribute';
      readonly node: NodeId;
      readonly attribute: string;
      readonly value: AttributeValue;
    }
  /** Puts a one-input operator on the wire that ends at `target`. */
  | {
      readonly kind: 'insert-on-wire';
      readonly target: { readonly node: NodeId; readonly port: string };
      readonly op: string;
      readonly attributes: Readonly<Record<string, AttributeValue>>;
    }
  | { readonly kind: 'remove-edge'; readonly edge: EdgeId }
  /** Lets a wire start or end elsewhere. */
  | { readonly kind: 'move-wire'; readonly edge: EdgeId; readonly source?: PortRef; readonly target?: PortRef }
  /** Exchanges the wires of two inputs. */
  | { readonly kind: 'swap-inputs'; readonly node: NodeId; readonly ports: readonly [string, string] }
  | { readonly kind: 'set-operator'; readonly node: NodeId; readonly op: string }
  | { readonly kind: 'remove-attribute'; readonly node: NodeId; readonly attribute: string }
  | { readonly kind: 'remove-node'; readonly node: NodeId }
  /** Neither muted nor bypassed. */
  | { readonly kind: 'clear-flags'; readonly node: NodeId }
  /** Options of training, in place of those of the same names. */
  | { readonly kind: 'set-training'; readonly options: Partial<TrainingOptions> }
  | { readonly kind: 'rename'; readonly node: NodeId; readonly name: string };

export interface Fix {
  readonly label: string;
  /** `safe` keeps the meaning the user most likely had; `maybe` is a guess. */
  readonly safety: 'safe' | 'maybe';
  readonly edits: readonly Edit[];
}

export interface Diagnostic {
  readonly code: DiagnosticCode;
  readonly severity: Severity;
  readonly place: Place;
  /** What is wrong, in one line that stands alone and uses the user's names. */
  readonly title: string;
  /** Why: the rule that is broken. */
  readonly cause: string;
  readonly evidence: readonly Evidence[];
  readonly fixes: readonly Fix[];
}

export interface Report {
  readonly title: string;
  readonly cause?: string;
  readonly severity?: Severity;
  readonly evidence?: readonly Evidence[];
  readonly fixes?: readonly Fix[];
}

export function diagnostic(code: DiagnosticCode, place: Place, report: Report): Diagnostic {
  return {
    code,
    severity: report.severity ?? 'error',
    place,
    title: report.title,
    cause: report.cause ?? DIAGNOSTICS[code],
    evidence: report.evidence ?? [],
    fixes: report.fixes ?? [],
  };
}

/** Thrown inside a phase to give up on one node; phases catch it and collect the diagnostic. Never leaves the compiler. */
export class DiagnosticError extends Error {
  readonly diagnostic: Diagnostic;
  constructor(value: Diagnostic) {
    super(value.title);
    this.diagnostic = value;
  }
}
