/** An entry of a table by a name that a client may have chosen: what all objects inherit (`constructor`) is none. */
export function own<T>(table: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined
}
