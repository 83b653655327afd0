import { LOAD } from './names.ts'

/** Before and after the source of a CommonJS file: a function, so that it runs inside a request, in sloppy mode. */
export const WRAPPER_HEAD = `module.exports=function(exports,require,module,__filename,__dirname,${LOAD}){`
export const WRAPPER_TAIL = '\n}'
