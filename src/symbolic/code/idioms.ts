/** Operators whose usual words are Theano's: `T.tanh(x)`, `a.add(b)`. Only where these mean exactly that operator. */

interface Idiom {
  readonly inputs: number;
  readonly print: (inputs: readonly string[]) => string;
}

const call = (name: string, inputs: number): Idiom => ({ inputs, print: (given) => `${name}(${given.join(', ')})` });
const method = (name: string): Idiom => ({ inputs: 2, print: ([a, b]) => `${a}.${name}(${b})` });

export const IDIOMS: Readonly<Record<string, Idiom>> = {
  Add: method('add'),
  Sub: method('sub'),
  Mul: method('mul'),
  Div: method('div'),
  Pow: method('pow'),
  Neg: call('T.neg', 1),
  Exp: call('T.exp', 1),
  Log: call('T.log', 1),
  Sqrt: call('T.sqrt', 1),
  Abs: call('T.abs', 1),
  Tanh: call('T.tanh', 1),
  Sin: call('T.sin', 1),
  Cos: call('T.cos', 1),
  Sigmoid: call('T.nnet.sigmoid', 1),
  Softmax: call('T.nnet.softmax', 1),
  LogSoftmax: call('T.nnet.logsoftmax', 1),
  Relu: call('T.nnet.relu', 1),
  Softplus: call('T.nnet.softplus', 1),
  Equal: call('T.eq', 2),
  Greater: call('T.gt', 2),
  Less: call('T.lt', 2),
  Where: call('T.switch', 3),
};
