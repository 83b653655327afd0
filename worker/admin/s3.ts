import type { AdminApp } from './admin.ts'

export function s3Admin(_app: AdminApp): void {}
