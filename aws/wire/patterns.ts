/** POSIX classes of Java's regular expressions. */
const CLASSES: Readonly<Record<string, string>> = {
  ASCII: '\\x00-\\x7f',
  Alnum: 'A-Za-z0-9',
  Alpha: 'A-Za-z',
  Digit: '0-9',
  Graph: '!-~',
  Lower: 'a-z',
  Print: '\\x20-\\x7e',
  Punct: '!-\\/:-@\\[-`{-~',
  Space: '\\s',
  Upper: 'A-Z',
}

const POSIX = new RegExp(`\\\\p\\{(${Object.keys(CLASSES).join('|')})\\}`, 'g')

/** The same patterns written so that they do not backtrack: a few of AWS's take hours on thirty characters. */
const LINEAR: ReadonlyMap<string, string> = new Map([
  ['^[a-z0-9*](?:[._\\-/a-z0-9*]?[a-z0-9*]+)*$', '[a-z0-9*]+(?:[._\\-/][a-z0-9*]+)*'],
  [
    '^[ \\t]*[^\\x00-\\x1F:\\x7F]+([ \\t]+[^\\x00-\\x1F:\\x7F]+)*[ \\t]*$',
    '\\t*[^\\x00-\\x1F:\\x7F](?:[^\\x00-\\x1F:\\x7F]|\\t)*',
  ],
  ['^[ \\t]*[\\x20-\\x7E]+([ \\t]+[\\x20-\\x7E]+)*[ \\t]*$', '\\t*[\\x20-\\x7E][\\x20-\\x7E\\t]*'],
  ['.*\\S.*', '(?=[^\\S\\r\\n\\u2028\\u2029]*\\S).*'],
  ['[a-z](?:-?[a-z0-9]+){0,15}', '[a-z](?:[a-z0-9]+(?:-[a-z0-9]+){0,14}|(?:-[a-z0-9]+){0,15})'],
  ['[a-zA-Z](?:-?[a-zA-Z0-9]+)*', '[a-zA-Z][a-zA-Z0-9]*(?:-[a-zA-Z0-9]+)*'],
])

/**
 * A model's pattern, which is Java's and matches whole values, as a JavaScript one.
 * @returns undefined when JavaScript cannot express it
 */
export function compilePattern(source: string): RegExp | undefined {
  const linear = LINEAR.get(source)
  if (linear) return tryCompile(linear, 'u')
  const inline = /^\(\?([is]+)\)/.exec(source)
  const flags = inline?.[1] ?? ''
  const body = source
    .slice(inline?.[0].length ?? 0)
    .replace(POSIX, posixClass)
    .replace(/\\A/g, '^')
    .replace(/\\[zZ]/g, '$')
  // Some patterns escape more than the unicode mode allows.
  return tryCompile(body, `${flags}u`) ?? tryCompile(body, flags)
}

/** The class's ranges, in brackets of their own unless they stand within a set already. */
function posixClass(_: string, name: string, at: number, text: string): string {
  const before = text.slice(0, at).replace(/\\./g, '')
  const inSet = before.lastIndexOf('[') > before.lastIndexOf(']')
  return inSet ? (CLASSES[name] ?? '') : `[${CLASSES[name]}]`
}

function tryCompile(body: string, flags: string): RegExp | undefined {
  try {
    return new RegExp(`^(?:${body})$`, flags)
  } catch {
    return undefined
  }
}
