import { arbitraryUid } from './breakage/arbitrary-uid.ts'
import { cacheMountOwner } from './breakage/cache-mount-owner.ts'
import { chownAfterVolume } from './breakage/chown-after-volume.ts'
import { copyAfterChown } from './breakage/copy-after-chown.ts'
import { copyChmodDirectory } from './breakage/copy-chmod-directory.ts'
import { gosuWithoutRoot } from './breakage/gosu-without-root.ts'
import { homeMissing } from './breakage/home-missing.ts'
import { linkChownName } from './breakage/link-chown-name.ts'
import { needsRoot } from './breakage/needs-root.ts'
import { notExecutable } from './breakage/not-executable.ts'
import { notReadable } from './breakage/not-readable.ts'
import { notWritable } from './breakage/not-writable.ts'
import { privilegedPort } from './breakage/privileged-port.ts'
import { secretMountOwner } from './breakage/secret-mount-owner.ts'
import { stepFails } from './breakage/step-fails.ts'
import { userInPasswdlessStage } from './breakage/user-in-passwdless-stage.ts'
import { volumeOwner } from './breakage/volume-owner.ts'
import { workdirOwner } from './breakage/workdir-owner.ts'
import { baseUserUnknown } from './identity/base-user-unknown.ts'
import { dropsPrivilegesAtStart } from './identity/drops-privileges-at-start.ts'
import { gidTaken } from './identity/gid-taken.ts'
import { groupNotInImage } from './identity/group-not-in-image.ts'
import { interactiveAdduser } from './identity/interactive-adduser.ts'
import { loginPassword } from './identity/login-password.ts'
import { nameTaken } from './identity/name-taken.ts'
import { rootRestored } from './identity/root-restored.ts'
import { runsAsRoot } from './identity/runs-as-root.ts'
import { secondRoot } from './identity/second-root.ts'
import { sparseLastlog } from './identity/sparse-lastlog.ts'
import { supplementaryGroupsDropped } from './identity/supplementary-groups-dropped.ts'
import { uidTaken } from './identity/uid-taken.ts'
import { userCreatedButUnused } from './identity/user-created-but-unused.ts'
import { userFromArgument } from './identity/user-from-argument.ts'
import { userNotInImage } from './identity/user-not-in-image.ts'
import { userNotNumeric } from './identity/user-not-numeric.ts'
import { userOverriddenByBaseOnbuild } from './identity/user-overridden-by-base-onbuild.ts'
import { userToolMissing } from './identity/user-tool-missing.ts'
import { userWithoutGroup } from './identity/user-without-group.ts'
import { windowsAdministrator } from './identity/windows-administrator.ts'
import { dockerSocket } from './power/docker-socket.ts'
import { insecureBuild } from './power/insecure-build.ts'
import { mountMode } from './power/mount-mode.ts'
import { privateFileReadable } from './power/private-file-readable.ts'
import { sensitiveMode } from './power/sensitive-mode.ts'
import { setuidBit } from './power/setuid-bit.ts'
import { sshServer } from './power/ssh-server.ts'
import { suInEntrypoint } from './power/su-in-entrypoint.ts'
import { sudo } from './power/sudo.ts'
import { worldWritable } from './power/world-writable.ts'
import { writableCode } from './power/writable-code.ts'
import { writableEntrypoint } from './power/writable-entrypoint.ts'
import { writablePathDir } from './power/writable-path-dir.ts'
import { chmodLayer } from './style/chmod-layer.ts'
import { chownLayer } from './style/chown-layer.ts'
import { redundantUser } from './style/redundant-user.ts'
import { suppressionUnknownRule } from './suppression/suppression-unknown-rule.ts'
import { suppressionUnused } from './suppression/suppression-unused.ts'
import { syntax } from './syntax/syntax.ts'
import type { Rule } from './types.ts'

/** All rules, in the order of their pages. */
export const allRules: readonly Rule[] = [
  syntax,
  runsAsRoot,
  rootRestored,
  dropsPrivilegesAtStart,
  baseUserUnknown,
  userNotInImage,
  groupNotInImage,
  userCreatedButUnused,
  uidTaken,
  gidTaken,
  nameTaken,
  userToolMissing,
  interactiveAdduser,
  userNotNumeric,
  userFromArgument,
  userOverriddenByBaseOnbuild,
  secondRoot,
  loginPassword,
  windowsAdministrator,
  userWithoutGroup,
  supplementaryGroupsDropped,
  sparseLastlog,
  needsRoot,
  notWritable,
  notReadable,
  notExecutable,
  gosuWithoutRoot,
  cacheMountOwner,
  secretMountOwner,
  volumeOwner,
  workdirOwner,
  copyAfterChown,
  copyChmodDirectory,
  homeMissing,
  arbitraryUid,
  chownAfterVolume,
  privilegedPort,
  stepFails,
  linkChownName,
  userInPasswdlessStage,
  worldWritable,
  writableEntrypoint,
  writablePathDir,
  writableCode,
  sudo,
  setuidBit,
  mountMode,
  dockerSocket,
  insecureBuild,
  chownLayer,
  chmodLayer,
  redundantUser,
  privateFileReadable,
  sensitiveMode,
  sshServer,
  suInEntrypoint,
  suppressionUnused,
  suppressionUnknownRule,
]

export { rootFixes } from './identity/runs-as-root.ts'
export type * from './types.ts'
export { suppressionUnknownRule, suppressionUnused }
