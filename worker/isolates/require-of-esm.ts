/** Whether `require` may load ES modules: from Node 24 on; AWS switches it off before, unless the function asks for it. */
export function allowsRequireOfEsm(environment: Record<string, string>, nodeMajor: number): boolean {
  return nodeMajor >= 24 || (environment.NODE_OPTIONS ?? '').includes('--experimental-require-module')
}
