import type { AdminApp } from './admin.ts'

export function logsAdmin(_app: AdminApp): void {}
