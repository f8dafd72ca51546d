/** User data in all of its forms: what the agent gets to read. */
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { agentConfig } from '../../src/simulator/machines/user-data.ts'

const encode = (text: string) => Buffer.from(text).toString('base64')
const linux = (text: string) => agentConfig(encode(text), 'amazon-linux')
const cluster = (text: string) => linux(text).cluster

describe('a shell script', () => {
  it('writes ecs.config in any of the usual ways', () => {
    const lines = [
      'echo ECS_CLUSTER=shop >> /etc/ecs/ecs.config',
      'echo "ECS_CLUSTER=shop" > /etc/ecs/ecs.config',
      "echo 'ECS_CLUSTER=shop' | sudo tee -a /etc/ecs/ecs.config",
      'yum update -y && echo ECS_CLUSTER=shop>>/etc/ecs/ecs.config; reboot',
      'printf "ECS_CLUSTER=%s\\n" shop >> /etc/ecs/ecs.config',
      'echo -e "A=1\\nECS_CLUSTER=shop" >> "/etc/ecs/ecs.config"',
      'NAME=shop\necho ECS_CLUSTER=$NAME >> /etc/ecs/ecs.config',
      `export NAME="shop"\necho "ECS_CLUSTER=\${NAME}" >> /etc/ecs/ecs.config`,
      'FILE=/etc/ecs/ecs.config\necho ECS_CLUSTER=shop >> $FILE',
      '{\n  echo ECS_CLUSTER=shop\n  echo ECS_DATADIR=/data\n} >> /etc/ecs/ecs.config',
      'cat <<END >> /etc/ecs/ecs.config\nECS_CLUSTER=shop\nEND',
      "cat >> /etc/ecs/ecs.config <<'END'\nECS_CLUSTER=shop\nEND",
      'tee /etc/ecs/ecs.config <<END\nECS_CLUSTER=shop\nEND',
    ]
    for (const line of lines) expect(cluster(`#!/bin/bash\n${line}\n`), line).toBe('shop')
  })

  it('means nothing when it does not run, or writes elsewhere', () => {
    const texts = [
      'echo ECS_CLUSTER=shop >> /etc/ecs/ecs.config',
      '#!/bin/bash\n# echo ECS_CLUSTER=shop >> /etc/ecs/ecs.config',
      '#!/bin/bash\necho ECS_CLUSTER=shop >> /etc/ecs.config',
      '#!/bin/bash\necho ECS_CLUSTER=shop\ncat /etc/ecs/ecs.config',
      "#!/bin/bash\nNAME=shop\necho 'CLUSTER=$NAME' >> /etc/ecs/ecs.config",
      '',
    ]
    for (const text of texts) expect(cluster(text), text).toBe('default')
    expect(cluster("#!/bin/sh\nN=a\ncat >> /etc/ecs/ecs.config <<'E'\nECS_CLUSTER=$N\nE")).toBe(
      '$N',
    )
  })

  it('sets what the agent minds, the last word counting', () => {
    const config = linux(`#!/bin/bash
cat <<END > /etc/ecs/ecs.config
ECS_CLUSTER=old
ECS_RESERVED_MEMORY=128
ECS_ENABLE_SPOT_INSTANCE_DRAINING=true
END
echo ECS_CLUSTER=shop >> /etc/ecs/ecs.config
echo ECS_INSTANCE_ATTRIBUTES={\\"stack\\":\\"blue\\"} >> /etc/ecs/ecs.config
echo 'ECS_CONTAINER_INSTANCE_TAGS={"team": "shop"}' >> /etc/ecs/ecs.config
`)
    expect(config).toEqual({
      cluster: 'shop',
      attributes: { stack: 'blue' },
      reservedMemory: 128,
      tags: { team: 'shop' },
      tagsFromHost: false,
      spotDraining: true,
    })
  })
})

describe('other user data', () => {
  it('may be a cloud-config', () => {
    const content = '      ECS_CLUSTER=shop\n      ECS_RESERVED_MEMORY=64\n'
    expect(
      linux(
        `#cloud-config\nwrite_files:\n  - path: /etc/motd\n    content: hello\n  - path: /etc/ecs/ecs.config\n    content: |\n${content}    permissions: '0644'\nruncmd:\n  - ls\n`,
      ),
    ).toMatchObject({ cluster: 'shop', reservedMemory: 64 })
    expect(
      cluster(
        `#cloud-config\nwrite_files:\n- encoding: b64\n  content: ${encode('ECS_CLUSTER=shop\n')}\n  path: /etc/ecs/ecs.config\n`,
      ),
    ).toBe('shop')
    const commands = (command: string) => cluster(`#cloud-config\nruncmd:\n  - ${command}\n`)
    expect(commands('echo ECS_CLUSTER=shop >> /etc/ecs/ecs.config')).toBe('shop')
    expect(commands('[sh, -c, "echo ECS_CLUSTER=shop >> /etc/ecs/ecs.config"]')).toBe('shop')
  })

  it('may come in several parts, or compressed', () => {
    const script = '#!/bin/sh\necho ECS_CLUSTER=shop >> /etc/ecs/ecs.config\n'
    const parts = `Content-Type: multipart/mixed; boundary="=="\nMIME-Version: 1.0\n\n--==\nContent-Type: text/cloud-config\n\n#cloud-config\npackages: [jq]\n--==\nContent-Type: text/x-shellscript\n\n${script}--==--\n`
    expect(cluster(parts)).toBe('shop')
    const packed = gzipSync(script).toString('base64')
    expect(agentConfig(packed, 'amazon-linux').cluster).toBe('shop')
  })

  it('is TOML on Bottlerocket, and PowerShell on Windows', () => {
    const toml = (text: string) => agentConfig(encode(text), 'bottlerocket')
    expect(
      toml(
        '[settings.ecs]\ncluster = "shop"\nenable-spot-instance-draining = true\n[settings.ecs.instance-attributes]\nstack = "blue"\n',
      ),
    ).toMatchObject({ cluster: 'shop', spotDraining: true, attributes: { stack: 'blue' } })
    expect(toml('settings.ecs.cluster = "shop"').cluster).toBe('shop')
    expect(toml('[settings.host]\ncluster = "shop"').cluster).toBe('default')
    const windows = (text: string) => agentConfig(encode(text), 'windows').cluster
    expect(
      windows(
        "<powershell>\nInitialize-ECSAgent -Cluster 'shop' -EnableTaskIAMRole\n</powershell>",
      ),
    ).toBe('shop')
  })
})
