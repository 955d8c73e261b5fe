/**
 * Code as a document. Nothing is run: the code is a small part of JavaScript (constants, literals, calls of this language),
 * and what it says is worked out here, so code from anywhere is safe to open.
 */
import { type AnyNode, type Expression, type Program, parse, type Statement, type Node as SyntaxNode } from 'acorn';
import { type Diagnostic, diagnostic } from '../../compiler/diagnostics.ts';
import type { GraphDocument } from '../../compiler/document.ts';
import { readDocument } from '../../compiler/document-parse.ts';
import { nearest } from '../../compiler/spelling.ts';
import { registry } from '../../nodes/registry.ts';
import { grad } from '../gradient.ts';
import { graph, module } from '../graph.ts';
import { Node, node, op } from '../operators.ts';
import { shared } from '../shared.ts';
import { T } from '../t.ts';
import { full, ones, zeros } from '../tensor.ts';
import { Variable } from '../variable.ts';

export interface ReadCode {
  /** Null where a mistake makes the code unusable. */
  readonly document: GraphDocument | null;
  readonly diagnostics: readonly Diagnostic[];
  /** Where in the text the first mistake is. */
  readonly at: number;
  /** The line of each node of the drawing, by its name. */
  readonly lines: ReadonlyMap<string, number>;
}

/** What a name can stand for besides what the code itself defines. */
const GLOBALS: Readonly<Record<string, unknown>> = { T, op, node, module, graph, shared, grad, zeros, ones, full };

/** Methods of variables that code may call, and properties that it may read. */
const METHODS = new Set(
  'add sub mul div pow mod neg abs eq neq lt le gt ge sum mean prod max min argmax argmin dot T transpose dimshuffle reshape flatten astype shape slice at as name'.split(
    ' ',
  ),
);

class Mistake extends Error {
  readonly code: 'code/syntax' | 'code/unsupported' | 'code/unknown' | 'code/value';
  readonly at: SyntaxNode | null;
  readonly reason: string;

  constructor(code: Mistake['code'], at: SyntaxNode | null, message: string, reason = '') {
    super(message);
    this.code = code;
    this.at = at;
    this.reason = reason;
  }
}

class Scope {
  readonly #own = new Map<string, unknown>();
  readonly #parent: Scope | null;

  constructor(parent: Scope | null = null) {
    this.#parent = parent;
  }

  define(name: string, value: unknown, at: SyntaxNode): void {
    if (this.#own.has(name)) throw new Mistake('code/value', at, `${name} is defined twice`);
    this.#own.set(name, value);
  }

  get(name: string, at: SyntaxNode): unknown {
    if (this.#own.has(name)) return this.#own.get(name);
    if (this.#parent) return this.#parent.get(name, at);
    if (Object.hasOwn(GLOBALS, name)) return GLOBALS[name];
    throw new Mistake('code/unknown', at, `There is no ${name}`, like(name, this.names()));
  }

  names(): string[] {
    return [...this.#own.keys(), ...(this.#parent?.names() ?? Object.keys(GLOBALS))];
  }
}

class Interpreter {
  /** Where variables and nodes were made. */
  readonly places = new Map<unknown, SyntaxNode>();
  result: { readonly document: GraphDocument; readonly nodes: Readonly<Record<string, unknown>> } | null = null;

  program({ body }: Program): void {
    const scope = new Scope();
    for (const statement of body) {
      if (statement.type === 'ImportDeclaration') continue;
      if (statement.type === 'ExportDefaultDeclaration') this.#export(statement.declaration as Expression, scope);
      else this.#statement(statement as Statement, scope);
    }
  }

  #export(expression: Expression, scope: Scope): void {
    const isGraph =
      expression.type === 'CallExpression' &&
      expression.callee.type === 'Identifier' &&
      expression.callee.name === 'graph' &&
      expression.arguments.length === 1;
    if (!isGraph) throw new Mistake('code/unsupported', expression, 'The code has to export graph({ … })');
    const [argument] = expression.arguments;
    const spec = this.#evaluate(argument as Expression, scope);
    if (!isPlain(spec) || !isPlain(spec.nodes)) {
      throw new Mistake('code/value', expression, 'graph takes an object with nodes', 'graph({ nodes: { x, y } })');
    }
    const document = this.#safely(expression, () => graph(spec as unknown as Parameters<typeof graph>[0]));
    this.result = { document, nodes: spec.nodes };
  }

  #statement(statement: Statement, scope: Scope): void {
    if (statement.type === 'EmptyStatement') return;
    if (statement.type === 'ExpressionStatement') {
      this.#evaluate(statement.expression, scope);
      return;
    }
    if (statement.type !== 'VariableDeclaration' || statement.kind !== 'const') {
      throw new Mistake(
        'code/unsupported',
        statement,
        'Only constants can be defined here',
        'Write const name = …; a graph has no loops, conditions or assignments.',
      );
    }
    for (const { id, init } of statement.declarations) {
      const value = init ? this.#evaluate(init, scope) : undefined;
      this.#bind(id as AnyNode, value, scope);
      if (value !== null && typeof value === 'object' && !this.places.has(value)) this.places.set(value, statement);
    }
  }

  #bind(pattern: AnyNode, value: unknown, scope: Scope): void {
    if (pattern.type === 'Identifier') scope.define(pattern.name, value, pattern);
    else if (pattern.type === 'ArrayPattern') {
      for (const [at, element] of pattern.elements.entries()) {
        if (element) this.#bind(element, (value as readonly unknown[] | undefined)?.[at], scope);
      }
    } else if (pattern.type === 'ObjectPattern') {
      for (const property of pattern.properties) {
        if (property.type !== 'Property' || property.key.type !== 'Identifier') {
          throw new Mistake('code/unsupported', property, 'Names are wanted here');
        }
        this.#bind(property.value, this.#member(value, property.key.name, property), scope);
      }
    } else throw new Mistake('code/unsupported', pattern, 'A name is wanted here');
  }

  #evaluate(expression: AnyNode, scope: Scope): unknown {
    switch (expression.type) {
      case 'Literal':
        if (expression.value instanceof RegExp || typeof expression.value === 'bigint') break;
        return expression.value;
      case 'TemplateLiteral':
        if (expression.expressions.length > 0) break;
        return expression.quasis[0]?.value.cooked ?? '';
      case 'Identifier':
        return expression.name === 'undefined' ? undefined : scope.get(expression.name, expression);
      case 'ArrayExpression':
        return expression.elements.map((element) => (element ? this.#evaluate(element, scope) : undefined));
      case 'ObjectExpression':
        return this.#object(expression, scope);
      case 'UnaryExpression':
      case 'BinaryExpression':
        return this.#arithmetic(expression, scope);
      case 'MemberExpression': {
        const key =
          !expression.computed && expression.property.type === 'Identifier'
            ? expression.property.name
            : String(this.#evaluate(expression.property, scope));
        return this.#member(this.#evaluate(expression.object, scope), key, expression);
      }
      case 'ArrowFunctionExpression':
        return this.#function(expression, scope);
      case 'CallExpression':
        return this.#call(expression, scope);
    }
    throw new Mistake(
      'code/unsupported',
      expression,
      'This is not part of the language',
      'There are constants, literals, calls and module(() => { … }).',
    );
  }

  #object(expression: Extract<AnyNode, { type: 'ObjectExpression' }>, scope: Scope): Record<string, unknown> {
    const made: Record<string, unknown> = {};
    for (const property of expression.properties) {
      if (property.type !== 'Property' || property.computed || property.kind !== 'init') {
        throw new Mistake('code/unsupported', property, 'Entries of objects are key: value');
      }
      const { key } = property;
      const name = key.type === 'Identifier' ? key.name : key.type === 'Literal' ? String(key.value) : '';
      // An own property of that name, never the prototype.
      Object.defineProperty(made, name, {
        value: this.#evaluate(property.value, scope),
        enumerable: true,
        configurable: true,
        writable: true,
      });
    }
    return made;
  }

  #arithmetic(
    expression: Extract<AnyNode, { type: 'UnaryExpression' | 'BinaryExpression' }>,
    scope: Scope,
  ): number | boolean {
    const numeric = (part: AnyNode): number => {
      const value = this.#evaluate(part, scope);
      if (typeof value === 'number') return value;
      const hint = value instanceof Variable ? 'Variables have methods: a.add(b), a.mul(2).' : '';
      throw new Mistake('code/value', part, 'Arithmetic here is of numbers', hint);
    };
    if (expression.type === 'UnaryExpression') {
      if (expression.operator === '-') return -numeric(expression.argument);
      if (expression.operator === '+') return numeric(expression.argument);
      throw new Mistake('code/unsupported', expression, `${expression.operator} is not part of the language`);
    }
    const [a, b] = [numeric(expression.left), numeric(expression.right)];
    switch (expression.operator) {
      case '+':
        return a + b;
      case '-':
        return a - b;
      case '*':
        return a * b;
      case '/':
        return a / b;
      case '**':
        return a ** b;
    }
    throw new Mistake('code/unsupported', expression, `${expression.operator} is not part of the language`);
  }

  #member(object: unknown, key: string, at: SyntaxNode): unknown {
    if (object instanceof Node) return (object as unknown as Record<string, unknown>)[key === 'apply' ? ' apply' : key];
    if (object instanceof Variable) {
      if (METHODS.has(key)) {
        const found = (object as unknown as Record<string, unknown>)[key];
        return typeof found === 'function' ? found.bind(object) : found;
      }
      throw new Mistake('code/unknown', at, `Variables have no ${key}`, like(key, [...METHODS]));
    }
    if (object === op) {
      if (registry.has(key)) return op[key as keyof typeof op];
      throw new Mistake('code/unknown', at, `There is no operator ${key}`, like(key, [...registry.keys()]));
    }
    if (Array.isArray(object) && /^\d+$/.test(key)) return object[Number(key)];
    const named = (isPlain(object) || isNamespace(object)) && Object.hasOwn(object as object, key);
    if (named) return (object as Record<string, unknown>)[key];
    const names = typeof object === 'object' && object !== null ? Object.keys(object) : [];
    throw new Mistake('code/unknown', at, `There is no ${key} here`, like(key, names));
  }

  #function(expression: Extract<AnyNode, { type: 'ArrowFunctionExpression' }>, scope: Scope): () => unknown {
    if (expression.params.length > 0 || expression.async) {
      throw new Mistake('code/unsupported', expression, 'Functions here are module(() => { … }) alone');
    }
    return () => {
      const inner = new Scope(scope);
      if (expression.body.type !== 'BlockStatement') return this.#evaluate(expression.body, inner);
      for (const statement of expression.body.body) {
        if (statement.type === 'ReturnStatement') {
          return statement.argument ? this.#evaluate(statement.argument, inner) : undefined;
        }
        this.#statement(statement, inner);
      }
      throw new Mistake('code/value', expression, 'A module has to return its nodes');
    };
  }

  #call(expression: Extract<AnyNode, { type: 'CallExpression' }>, scope: Scope): unknown {
    const callee = this.#evaluate(expression.callee, scope);
    if (typeof callee !== 'function') throw new Mistake('code/value', expression.callee, 'This is no function');
    const given = expression.arguments.map((argument) => this.#evaluate(argument, scope));
    const made = this.#safely(expression, () => callee(...given) as unknown);
    if (made !== null && typeof made === 'object' && !this.places.has(made)) this.places.set(made, expression);
    return made;
  }

  /** What functions refuse becomes a mistake at their call. */
  #safely<R>(at: SyntaxNode, body: () => R): R {
    try {
      return body();
    } catch (error) {
      if (error instanceof Mistake) throw error;
      throw new Mistake('code/value', at, error instanceof Error ? error.message : String(error));
    }
  }
}

function like(name: string, known: readonly string[]): string {
  const word = nearest(name, known);
  return word === null ? '' : `Did you mean ${word}?`;
}

function isPlain(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}

/** Namespaces of this language: `T`, `T.nnet`. */
function isNamespace(value: unknown): boolean {
  return value === T.nnet || value === T.signal || value === T.extra_ops;
}

function lineOf(code: string, offset: number): readonly [line: number, column: number] {
  const before = code.slice(0, offset).split('\n');
  return [before.length, (before.at(-1)?.length ?? 0) + 1];
}

function report(code: string, { code: kind, at, message, reason }: Mistake): Diagnostic {
  const [line, column] = lineOf(code, at?.start ?? 0);
  return diagnostic(kind, {}, { title: `Line ${line}, column ${column}: ${message}`, cause: reason });
}

/** Reads code that `printCode` could have written, or someone by hand. */
export function readCode(code: string): ReadCode {
  const failed = (found: Mistake): ReadCode => ({
    document: null,
    diagnostics: [report(code, found)],
    at: found.at?.start ?? 0,
    lines: new Map(),
  });
  let program: Program;
  try {
    program = parse(code, { ecmaVersion: 2022, sourceType: 'module' });
  } catch (error) {
    const { pos = 0, message } = error as SyntaxError & { pos?: number };
    const at = { start: pos, end: pos, type: '' } as SyntaxNode;
    return failed(new Mistake('code/syntax', at, message.replace(/ \(\d+:\d+\)$/, '')));
  }
  const interpreter = new Interpreter();
  try {
    interpreter.program(program);
  } catch (error) {
    if (error instanceof Mistake) return failed(error);
    if (error instanceof RangeError) return failed(new Mistake('code/value', null, 'The code is nested too deeply'));
    throw error;
  }
  const { result, places } = interpreter;
  if (!result) {
    return failed(
      new Mistake('code/value', null, 'The code exports no graph', 'It has to end with export default graph({ … }).'),
    );
  }
  // What code says is checked as a file is.
  const { document, diagnostics } = readDocument(JSON.parse(JSON.stringify(result.document)));
  const lines = new Map(
    Object.entries(result.nodes).flatMap(([name, made]) => {
      const at =
        places.get(made) ??
        (made instanceof Variable && made.origin.kind === 'apply' ? places.get(made.origin.apply) : undefined);
      return at ? [[name, lineOf(code, at.start)[0]] as const] : [];
    }),
  );
  return { document, diagnostics, at: 0, lines };
}
