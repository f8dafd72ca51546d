/** The version, from package.json, put in by the build. */
import manifest from '../../package.json' with { type: 'json' }

export const version: string = manifest.version
