import { expect, test } from 'vitest';
import { renderMarkdown } from './markdown.ts';

test.each([
  ['# Title', '<h1>Title</h1>'],
  ['**bold** and `code`', '<p><strong>bold</strong> and <code>code</code></p>'],
  ['- a\n- b', '<ul>\n<li>a</li>\n<li>b</li>\n</ul>'],
  ['a line\nand another', '<p>a line<br>\nand another</p>'],
  ['costs $ 5 and \\$6', '<p>costs $ 5 and $6</p>'],
])('%j', (text, html) => {
  expect(renderMarkdown(text).trim()).toBe(html);
});

test('mathematics is rendered, in lines and on lines of its own', () => {
  expect(renderMarkdown('the loss $\\bar x = 1$')).toMatch(/<p>the loss <span class="katex">.*<\/p>/s);
  expect(renderMarkdown('$$\\sum_i x_i$$')).toContain('katex-display');
  expect(renderMarkdown('$\\nonsense{$')).toContain('katex-error');
});

test.each([
  '<img src=x onerror=alert(1)>',
  '<script>alert(1)</script>',
  '[link](javascript:alert(1))',
  '[link](data:text/html;base64,PHNjcmlwdD4=)',
  '![picture](https://example.com/a.png)',
  '$\\href{javascript:alert(1)}{x}$',
  '$\\includegraphics{https://example.com/a.png}$',
  '$\\htmlData{onclick=alert(1)}{x}$',
  '"><svg onload=alert(1)>',
  '[x](https://a.b "\\" onmouseover=alert(1)")',
])('%s does no harm', (text) => {
  const html = renderMarkdown(text);
  const tags = html.match(/<[^>]*>/g)?.join('') ?? '';
  expect(tags).not.toMatch(/<(script|img|svg onload|iframe)/i);
  expect(tags).not.toMatch(/javascript:|data:text/i);
  expect(tags.replace(/"[^"]*"/g, '')).not.toMatch(/\son\w+=/i);
});

test('links open elsewhere', () => {
  expect(renderMarkdown('see https://onnx.ai')).toContain(
    '<a href="https://onnx.ai" target="_blank" rel="noopener noreferrer">',
  );
});
