/** itty-durable ships types for its CommonJS shape alone; these are the parts in use. */
declare module 'itty-durable' {
  export function proxyDurable(
    durable: DurableObjectNamespace,
    options?: { name?: string; parse?: boolean },
  ): { get(id: string): unknown }
  export function createDurable(options?: { autoPersist?: boolean; autoReturn?: boolean }): new (
    state: DurableObjectState,
    env: unknown,
  ) => {
    state: unknown
    setAlarm(at: number): Promise<void>
    deleteAlarm(): Promise<void>
    loadFromStorage(): Promise<void>
    persist(): Promise<void>
  }
}
