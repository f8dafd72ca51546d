/** pino-pretty, set up for people: the time, what happened, and no fields that the message says already. */
import { prettyFactory } from 'pino-pretty'
import { reasonWidth } from './style.ts'

export function readableStream(write: (text: string) => void, colorize: boolean) {
  const pretty = prettyFactory({
    colorize,
    customColors: 'message:reset',
    ignore: 'time,level,pid,hostname,key,reason,environment,revision,fields',
    singleLine: true,
    messageFormat: (log, messageKey, _levelLabel, { colors }) => {
      const time = colors.gray(String(log.time).slice(11, 19))
      const reason = (typeof log.reason === 'string' ? log.reason : 'fairlead').padEnd(reasonWidth)
      const warned = typeof log.level === 'number' && log.level >= 40
      const paint = warned ? colors.yellow : log.reason === 'Ready' ? colors.green : String
      return `${time}  ${paint(reason)}  ${String(log[messageKey])}`
    },
  })
  return { write: (line: string) => write(pretty(line) ?? line) }
}
