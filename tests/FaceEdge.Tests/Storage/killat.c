/* Runs a program and kills it before the n-th system call that changes a folder: killat N FOLDER PROGRAM ARGUMENTS..
   N = 0 kills nobody and prints how many there were. Every thread is traced; what counts is decided by the paths and files that a
   call names. x64 and arm64. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>
#include <linux/ptrace.h>

static const char *folder;
static long target, seen;
static int verbose;

static pid_t child;

static void pass_on(int sig) { kill(child, sig); }

static int inside(const char *path) {
    size_t n = strlen(folder);
    return strncmp(path, folder, n) == 0 && (path[n] == '/' || path[n] == 0 || path[n] == ' ');
}

static int text_inside(pid_t pid, unsigned long long at, char *out) {
    struct iovec local = {out, PATH_MAX - 1}, remote = {(void *)at, PATH_MAX - 1};
    ssize_t n = process_vm_readv(pid, &local, 1, &remote, 1, 0);
    if (n <= 0) { /* the path may end near the end of a mapping */
        local.iov_len = remote.iov_len = 4096 - (at & 4095);
        n = process_vm_readv(pid, &local, 1, &remote, 1, 0);
    }
    if (n <= 0) return 0;
    out[n] = 0;
    return inside(out);
}

static int file_inside(pid_t pid, int fd, char *out) {
    char name[64];
    snprintf(name, sizeof name, "/proc/%d/fd/%d", pid, fd);
    ssize_t n = readlink(name, out, PATH_MAX - 1);
    if (n <= 0) return 0;
    out[n] = 0;
    return inside(out) && strstr(out, "-shm") == NULL; /* the index of the log is made anew by whoever opens the database */
}

static int changes(pid_t pid, struct ptrace_syscall_info *call, char *what) {
    const __u64 *a = call->entry.args;
    switch (call->entry.nr) {
#ifdef SYS_open
    case SYS_open: return (a[1] & (O_CREAT | O_TRUNC)) && text_inside(pid, a[0], what);
    case SYS_creat: return text_inside(pid, a[0], what);
    case SYS_rename: case SYS_link: return text_inside(pid, a[1], what) || text_inside(pid, a[0], what);
    case SYS_unlink: case SYS_rmdir: case SYS_mkdir: case SYS_chmod: return text_inside(pid, a[0], what);
    case SYS_symlink: return text_inside(pid, a[1], what);
#endif
    case SYS_openat: return (a[2] & (O_CREAT | O_TRUNC)) && text_inside(pid, a[1], what);
    case SYS_renameat2: case SYS_linkat:
#ifdef SYS_renameat
    case SYS_renameat:
#endif
        return text_inside(pid, a[3], what) || text_inside(pid, a[1], what);
    case SYS_unlinkat: case SYS_mkdirat: case SYS_fchmodat: return text_inside(pid, a[1], what);
    case SYS_symlinkat: return text_inside(pid, a[2], what);
    case SYS_truncate: return text_inside(pid, a[0], what);
    case SYS_write: case SYS_writev: case SYS_pwrite64: case SYS_pwritev: case SYS_ftruncate: case SYS_fallocate: case SYS_fsync: case SYS_fdatasync: case SYS_fchmod:
        return file_inside(pid, (int)a[0], what);
    case SYS_copy_file_range: return file_inside(pid, (int)a[2], what);
    case SYS_sendfile: return file_inside(pid, (int)a[0], what);
    default: return 0;
    }
}

int main(int argc, char **argv) {
    if (argc < 4) return 2;
    target = atol(argv[1]);
    folder = argv[2];
    verbose = getenv("KILLAT_VERBOSE") != NULL;
    child = fork();
    if (child == 0) {
        raise(SIGSTOP);
        execvp(argv[3], argv + 3);
        _exit(127);
    }
    signal(SIGTERM, pass_on);
    int status;
    waitpid(child, &status, WUNTRACED);
    if (ptrace(PTRACE_SEIZE, child, 0, PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACECLONE | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK | PTRACE_O_EXITKILL) < 0) { perror("killat: ptrace"); kill(child, SIGKILL); return 3; }
    kill(child, SIGCONT);
    int code = 0, running = 1, started = 0;
    while (running) {
        pid_t pid = waitpid(-1, &status, __WALL);
        if (pid < 0) { if (errno == EINTR) continue; break; }
        if (WIFEXITED(status) || WIFSIGNALED(status)) {
            if (pid == child) { code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status); running = 0; }
            continue;
        }
        int sig = WSTOPSIG(status), pass = 0;
        if (sig == (SIGTRAP | 0x80)) {
            struct ptrace_syscall_info call;
            char what[PATH_MAX];
            if (ptrace(PTRACE_GET_SYSCALL_INFO, pid, sizeof call, &call) > 0 && call.op == PTRACE_SYSCALL_INFO_ENTRY && changes(pid, &call, what)) {
                seen++;
                if (verbose) fprintf(stderr, "%ld: %llu %s\n", seen, (unsigned long long)call.entry.nr, what);
                if (seen == target) { kill(child, SIGKILL); while (waitpid(-1, &status, __WALL) > 0 || errno == EINTR) { } return 128 + SIGKILL; }
            }
        } else if (status >> 16 == PTRACE_EVENT_STOP) {
            if (!started) started = 1;
        } else if (status >> 16 == 0 && sig != SIGTRAP) {
            pass = sig;
        }
        ptrace(PTRACE_SYSCALL, pid, 0, pass);
    }
    if (target == 0) printf("%ld\n", seen);
    return code;
}
