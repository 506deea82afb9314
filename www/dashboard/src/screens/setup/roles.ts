import type { Role } from '../../types'

/** What each role may do, in words that go on after "may". */
export const ROLES: { value: Role; label: string }[] = [
  { value: 'viewer', label: 'Look' },
  { value: 'editor', label: 'Plan and change' },
  { value: 'approver', label: 'Plan, change and approve' },
  { value: 'admin', label: 'Do everything' },
]
