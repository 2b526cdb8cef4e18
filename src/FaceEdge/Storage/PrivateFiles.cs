using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace FaceEdge.Storage;

/// <summary>
/// Files that only the daemon's user may read (faces are biometric data), and writes that survive power loss. What is made is made new: a
/// symbolic link that somebody planted under the name is never followed.
/// </summary>
internal static partial class PrivateFiles
{
    private const UnixFileMode FileMode600 = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode FolderMode700 = FileMode600 | UnixFileMode.UserExecute;

    private const string LinuxOnly = "FaceEdge runs on Linux.";

    // open(2) flags, the same on x64 and arm64: O_RDONLY | O_CLOEXEC; and access(2)'s W_OK.
    private const int OpenReadOnlyCloseOnExec = 0x80000, WriteAccess = 2;
    private const int Exists = 17; // EEXIST

    /// <summary>Creates the folder for its user alone; an existing folder keeps its mode, which is its owner's choice.</summary>
    public static void CreateFolder(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            throw new PlatformNotSupportedException(LinuxOnly);
        }

        if (!Directory.Exists(path))
        {
            Directory.CreateDirectory(path, FolderMode700);
        }
    }

    /// <summary>Creates a folder for its user alone; false when there is something of that name.</summary>
    public static bool TryCreateNewFolder(string path)
    {
        if (MakeFolder(path, (uint)FolderMode700) == 0)
        {
            return true;
        }

        int error = Marshal.GetLastPInvokeError();
        return error == Exists ? false : throw Failure(path, error);
    }

    /// <summary>Opens or creates a file for its user alone, and for this process alone: a second open fails while the first lives.</summary>
    /// <exception cref="IOException">It is open elsewhere, or a symbolic link.</exception>
    public static FileStream OpenExclusively(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            throw new PlatformNotSupportedException(LinuxOnly);
        }

        return new FileInfo(path).LinkTarget is { } target
            ? throw new IOException($"{path} is a symbolic link to {target}, which is not followed. Remove it.")
            : new FileStream(path, new FileStreamOptions
            {
                Mode = FileMode.OpenOrCreate,
                Access = FileAccess.ReadWrite,
                Share = FileShare.None,
                UnixCreateMode = FileMode600,
                BufferSize = 0,
            });
    }

    /// <summary>Creates an empty file for its user alone: SQLite gives its -wal and -shm the mode of the database.</summary>
    public static void CreateEmpty(string path) => CreateNew(path).Dispose();

    /// <summary>Creates a file for its user alone; fails when there is one.</summary>
    public static FileStream CreateNew(string path, long bytes = 0)
    {
        if (OperatingSystem.IsWindows())
        {
            throw new PlatformNotSupportedException(LinuxOnly);
        }

        return new FileStream(path, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = FileMode600, PreallocationSize = bytes });
    }

    /// <summary>Replaces a small file so that after power loss either the old or the new text is there, never a mixture.</summary>
    public static void WriteAtomically(string path, ReadOnlySpan<byte> content)
    {
        string temporary = path + ".new";
        File.Delete(temporary); // of a write that was cut off
        using (FileStream file = CreateNew(temporary))
        {
            file.Write(content);
            file.Flush(flushToDisk: true);
        }

        File.Move(temporary, path, overwrite: true);
        Sync(Path.GetDirectoryName(path)!);
    }

    /// <summary>Gives a file a second name, so that no moment comes in which it has none.</summary>
    /// <param name="path">The file.</param>
    /// <param name="name">The second name, which must not be taken.</param>
    /// <param name="aside">Where a copy is made instead on a file system without hard links (FAT, some network drives).</param>
    public static void Link(string path, string name, string aside)
    {
        if (HardLink(path, name) == 0)
        {
            return;
        }

        int error = Marshal.GetLastPInvokeError();
        if (error == Exists)
        {
            throw Failure(name, error);
        }

        File.Delete(aside);
        using (FileStream copy = CreateNew(aside))
        using (var from = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete))
        {
            from.CopyTo(copy);
            copy.Flush(flushToDisk: true);
        }

        File.Move(aside, name);
    }

    /// <summary>Whether this user may write a file or into a folder; false on a file system that is read-only, too. Writes nothing.</summary>
    public static bool MayWrite(string path) => Access(path, WriteAccess) == 0;

    /// <summary>Waits until a file's content, or a folder's names, are on the disk. .NET can not open a folder, hence fsync by hand.</summary>
    public static void Sync(string path)
    {
        int descriptor = Open(path, OpenReadOnlyCloseOnExec);
        int failed = descriptor < 0 ? Marshal.GetLastPInvokeError() : 0;
        if (descriptor >= 0)
        {
            failed = FSync(descriptor) < 0 ? Marshal.GetLastPInvokeError() : 0;
            _ = Close(descriptor);
        }

        if (failed != 0)
        {
            throw new IOException($"fsync of {path}: {Marshal.GetPInvokeErrorMessage(failed)}", failed);
        }
    }

    /// <summary>Opens a file that others write and rename, to be read.</summary>
    public static SafeFileHandle OpenToRead(string path) => File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);

    private static IOException Failure(string path, int error) => new($"{path}: {Marshal.GetPInvokeErrorMessage(error)}", error);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int FSync(int descriptor);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int descriptor);

    [LibraryImport("libc", EntryPoint = "link", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int HardLink(string path, string name);

    [LibraryImport("libc", EntryPoint = "mkdir", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int MakeFolder(string path, uint mode);

    [LibraryImport("libc", EntryPoint = "access", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Access(string path, int mode);
}
