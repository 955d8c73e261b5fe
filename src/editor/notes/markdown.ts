/**
 * Markdown with mathematics, as HTML that is safe whatever the text is: HTML in it is shown as text, addresses are those of
 * pages and mail only, and nothing is loaded. A chunk of its own, loaded with the first note.
 */
import katex from 'katex';
import MarkdownIt from 'markdown-it';

const CACHE = 200;

function formula(tex: string, displayMode: boolean): string {
  return katex.renderToString(tex, { throwOnError: false, displayMode, maxExpand: 100, maxSize: 20, strict: 'ignore' });
}

/** `$x$`, and `$$x$$` on lines of its own. A dollar with a space after it is one, and so is `\$`. */
function mathematics(md: InstanceType<typeof MarkdownIt>) {
  md.inline.ruler.before('escape', 'math', (state, silent) => {
    const found = /^\$\$?(?!\s)((?:[^$\\]|\\[\s\S])+?)(?<!\s)\$\$?/.exec(state.src.slice(state.pos));
    if (!found) return false;
    if (!silent) {
      const token = state.push('math', '', 0);
      token.content = found[1] ?? '';
      token.meta = { display: found[0].startsWith('$$') };
    }
    state.pos += found[0].length;
    return true;
  });
  md.renderer.rules.math = (tokens, at) => {
    const { content = '', meta } = tokens[at] ?? {};
    return formula(content, (meta as { display: boolean } | null)?.display ?? false);
  };
}

const md = new MarkdownIt({ html: false, linkify: true, breaks: true, typographer: false });
md.disable('image');
md.validateLink = (url) => /^(https?:\/\/|mailto:)/i.test(url.trim());
md.renderer.rules.link_open = (tokens, at, options, _, self) => {
  tokens[at]?.attrSet('target', '_blank');
  tokens[at]?.attrSet('rel', 'noopener noreferrer');
  return self.renderToken(tokens, at, options);
};
mathematics(md);

const known = new Map<string, string>();

export function renderMarkdown(text: string): string {
  const found = known.get(text) ?? md.render(text);
  if (known.size > CACHE) known.clear();
  known.set(text, found);
  return found;
}
