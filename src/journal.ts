/** What happened, newest last: a bounded list in memory that feeds `events`, the log and the API. */
import type { JournalEvent } from './model.ts'

/** How a part of the program says what happened; when, and where, is added by whoever keeps the journal. */
export type Tell = (
  type: JournalEvent['type'],
  reason: string,
  message: string,
  more?: Partial<JournalEvent>,
) => void

export interface Journal {
  record(event: JournalEvent): void
  /** Oldest first. */
  events(): readonly JournalEvent[]
}

/** Keeps the last `limit` events; each is handed to `onEvent` once. */
export function createJournal(onEvent: (event: JournalEvent) => void, limit = 1000): Journal {
  const events: JournalEvent[] = []
  return {
    record(event) {
      events.push(event)
      if (events.length > limit) events.splice(0, events.length - limit)
      onEvent(event)
    },
    events: () => events,
  }
}
