/** The table of what the tutorials teach names things that exist. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { expect, test } from 'vitest';
import { registry } from '../../nodes/registry.ts';
import { lessons } from './lessons.ts';

const table = readFileSync('docs/theano.md', 'utf8');
const rows = [...table.matchAll(/^\| (\d+) \|(.*)\|(.*)\|$/gm)].map(([, number, says, here = '']) => ({
  number,
  says,
  here,
}));

const commands = new Set(
  readdirSync('src/editor', { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.tsx?$/.test(file) && !/\.test\.|course\/lessons/.test(file.replaceAll('\\', '/')))
    .flatMap((file) => [...readFileSync(`src/editor/${file}`, 'utf8').matchAll(/^\s+id: '([\w-]+\.[\w.-]+)',$/gm)])
    .map(([, id]) => id),
);

interface Reference {
  readonly kind: string;
  readonly name: string;
  /** From the project's root. */
  readonly file: string | null;
}

function referencesIn(text: string): Reference[] {
  const links = [...text.matchAll(/\[(?:(lesson|operator|example|test) )?“?([^\]]*?)”?\]\(([^)]+)\)/g)].map(
    ([, kind = 'file', name = '', path = '']) => ({ kind, name, file: posix.join('docs', path) }),
  );
  const named = [...text.matchAll(/`command ([^`]+)`/g)].map(([, name = '']) => ({
    kind: 'command',
    name,
    file: null,
  }));
  return [...links, ...named];
}

/** What is wrong with a reference; null where it leads somewhere. */
function wrong({ kind, name, file }: Reference): string | null {
  if (file !== null && !existsSync(file)) return `${file} does not exist`;
  const text = file === null ? '' : readFileSync(file, 'utf8');
  const holds: Readonly<Record<string, () => boolean>> = {
    lesson: () => lessons.some(({ id, title }) => id === name && text.startsWith(`# ${title}\n`)),
    operator: () => registry.has(name) && text.includes(`**${name}**`),
    example: () => file === `examples/${name}.json`,
    test: () => [`test('${name}'`, `test("${name}"`].some((call) => text.includes(call)),
    command: () => commands.has(name),
    file: () => true,
  };
  return holds[kind]?.() ? null : `there is no ${kind} “${name}”`;
}

test('there are 66 rows, each with something that stands for it', () => {
  expect(rows.map(({ number }) => Number(number))).toEqual(Array.from({ length: 66 }, (_, at) => at + 1));
  for (const { number, here } of rows) expect(referencesIn(here).length, `row ${number}`).toBeGreaterThan(0);
});

test('everything that is named exists', () => {
  const found = rows.flatMap(({ number, here }) =>
    referencesIn(here).flatMap((reference) => {
      const what = wrong(reference);
      return what === null ? [] : [`row ${number}: ${what}`];
    }),
  );
  expect(found).toEqual([]);
});

test('every lesson is in the table', () => {
  const named = rows.flatMap(({ here }) => referencesIn(here)).filter(({ kind }) => kind === 'lesson');
  expect(lessons.map(({ id }) => id).filter((id) => !named.some(({ name }) => name === id))).toEqual([]);
});

test('the mistakes of the listings are tests', () => {
  const mistakes = readFileSync('src/compiler/mistakes/theano.test.ts', 'utf8');
  const quoted = [...table.slice(table.indexOf('## Mistakes')).matchAll(/\| “(.*)” \|$/gm)].map(([, title]) => title);
  expect(quoted.length).toBeGreaterThan(15);
  for (const title of quoted) expect(mistakes).toContain(`of: '${title}'`);
});

test('what does not exist is found', () => {
  for (const text of [
    '[lesson nowhere](../examples/course/01-hello.md)',
    '[operator Nothing](operators.md)',
    '[test “no such test”](../src/symbolic/tutorials.test.ts)',
    '[a file](../src/nothing.ts)',
    '`command no.such`',
  ]) {
    expect(referencesIn(text).map(wrong)).toEqual([expect.any(String)]);
  }
});
