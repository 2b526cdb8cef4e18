using System.Runtime.InteropServices;

namespace FaceEdge.Storage;

/// <summary>
/// Files that only the daemon's user may read (faces are biometric data), and writes that survive power loss.
/// </summary>
internal static partial class PrivateFiles
{
    private const UnixFileMode FileMode600 = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode FolderMode700 = FileMode600 | UnixFileMode.UserExecute;

    private const string LinuxOnly = "FaceEdge runs on Linux.";

    // open(2) flags, the same on x64 and arm64: O_RDONLY | O_CLOEXEC.
    private const int OpenReadOnlyCloseOnExec = 0x80000;

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

    /// <summary>Opens or creates a file for its user alone, and for this process alone: a second open fails while the first lives.</summary>
    public static FileStream OpenExclusively(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            throw new PlatformNotSupportedException(LinuxOnly);
        }

        return new FileStream(path, new FileStreamOptions
        {
            Mode = FileMode.OpenOrCreate,
            Access = FileAccess.ReadWrite,
            Share = FileShare.None,
            UnixCreateMode = FileMode600,
            BufferSize = 0,
        });
    }

    /// <summary>Creates an empty file for its user alone: SQLite gives its -wal and -shm the mode of the database.</summary>
    public static void CreateEmpty(string path) => OpenExclusively(path).Dispose();

    /// <summary>Creates a file for its user alone; fails when there is one.</summary>
    public static FileStream CreateNew(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            throw new PlatformNotSupportedException(LinuxOnly);
        }

        return new FileStream(path, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = FileMode600 });
    }

    /// <summary>Replaces a small file so that after power loss either the old or the new text is there, never a mixture.</summary>
    public static void WriteAtomically(string path, ReadOnlySpan<byte> content)
    {
        string temporary = path + ".new";
        using (var file = OpenExclusively(temporary))
        {
            file.SetLength(0);
            file.Write(content);
            file.Flush(flushToDisk: true);
        }

        File.Move(temporary, path, overwrite: true);
        Sync(Path.GetDirectoryName(path)!);
    }

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

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int FSync(int descriptor);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int descriptor);
}
