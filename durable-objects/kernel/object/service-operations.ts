/**
 * The operations of each service that is built, for `ctx.call`: AWS's, and what only services ask of each other. Each
 * service's definition adds its own, which takes an interface.
 */
// biome-ignore lint/suspicious/noEmptyInterface: the services fill it
export interface ServiceOperations {}

export type ServiceName = keyof ServiceOperations
