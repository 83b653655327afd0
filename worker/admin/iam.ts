import type { AdminApp } from './admin.ts'

export function iamAdmin(_app: AdminApp): void {}
