/** The package ships no types: CommonJS marked as an ES module, its default export is the path of the binary. */
declare module 'workerd' {
  const workerd: string | { default: string }
  export default workerd
}
