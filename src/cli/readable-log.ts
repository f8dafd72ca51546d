/** pino-pretty, set up for people: the time, what happened, and no fields that the message says already. */
import { prettyFactory } from 'pino-pretty'

export function readableStream(write: (text: string) => void, colorize: boolean) {
  const pretty = prettyFactory({
    colorize,
    translateTime: 'SYS:HH:MM:ss',
    ignore: 'pid,hostname,key,reason,environment,revision,fields',
    singleLine: true,
    customPrettifiers: { level: () => '' },
    messageFormat: (log, messageKey) => {
      const reason = typeof log['reason'] === 'string' ? log['reason'].padEnd(13) : ''.padEnd(13)
      const warned = typeof log['level'] === 'number' && log['level'] >= 40
      return `${warned ? '!' : ' '} ${reason} ${String(log[messageKey])}`
    },
  })
  return { write: (line: string) => write(pretty(line) ?? line) }
}
