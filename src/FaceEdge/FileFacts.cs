using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace FaceEdge;

/// <summary>Who a file belongs to and how much room its file system has: what .NET does not tell.</summary>
internal static unsafe partial class FileFacts
{
    /// <summary>This process's user.</summary>
    public static uint User { get; } = GetEffectiveUser();

    /// <summary>The user that a file or folder belongs to.</summary>
    /// <exception cref="IOException">There is no such file, or it can not be reached.</exception>
    public static uint OwnerOf(string path)
    {
        // struct statx is the same on every machine, other than struct stat: stx_uid stands at 20 (statx(2)).
        const int CurrentFolder = -100, BasicStats = 0x7ff, Size = 256, OwnerAt = 20;
        byte* facts = stackalloc byte[Size];
        return Statx(CurrentFolder, path, 0, BasicStats, facts) == 0
            ? BinaryPrimitives.ReadUInt32LittleEndian(new ReadOnlySpan<byte>(facts + OwnerAt, sizeof(uint)))
            : throw new IOException($"{path}: {Marshal.GetLastPInvokeErrorMessage()}");
    }

    /// <summary>Whether something else stands there than a file or a folder: opening a pipe waits for ever, and a device may have no end.</summary>
    /// <param name="path">What to look at, through symbolic links.</param>
    /// <param name="pipes">Whether a pipe will do: a shell makes one of <c>&lt;(command)</c>.</param>
    public static bool IsDeviceOrPipe(string path, bool pipes = false)
    {
        const int CurrentFolder = -100, BasicStats = 0x7ff, Size = 256, ModeAt = 28;
        const int TypeBits = 0xF000, Regular = 0x8000, Folder = 0x4000, Pipe = 0x1000;
        byte* facts = stackalloc byte[Size];
        if (Statx(CurrentFolder, path, 0, BasicStats, facts) != 0)
        {
            return false; // Whoever opens it says why.
        }

        int type = BinaryPrimitives.ReadUInt16LittleEndian(new ReadOnlySpan<byte>(facts + ModeAt, sizeof(ushort))) & TypeBits;
        return type is not (Regular or Folder) && !(pipes && type == Pipe);
    }

    /// <summary>The name of a user; the number when it has none here.</summary>
    public static string NameOf(uint user)
    {
        try
        {
            // name:password:uid:gid:..
            return File.ReadLines("/etc/passwd").Select(line => line.Split(':')).FirstOrDefault(parts => parts.Length > 2 && parts[2] == $"{user}")?[0] ?? $"{user}";
        }
        catch (IOException)
        {
            return $"{user}";
        }
    }

    /// <summary>The file system that holds a folder.</summary>
    /// <exception cref="IOException">It can not be asked.</exception>
    public static FileSystemRoom RoomOf(string folder)
    {
        // struct statvfs of a 64-bit glibc: eleven unsigned longs, then 24 bytes of spare.
        const int Fragment = 1, Available = 4, Files = 5, AvailableFiles = 7, Flags = 9;
        ulong* facts = stackalloc ulong[16];
        return StatVfs(folder, facts) == 0
            ? new FileSystemRoom(facts[Available] * facts[Fragment], facts[Files], facts[AvailableFiles], (facts[Flags] & 1) != 0)
            : throw new IOException($"{folder}: {Marshal.GetLastPInvokeErrorMessage()}");
    }

    [LibraryImport("libc", EntryPoint = "geteuid")]
    private static partial uint GetEffectiveUser();

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Statx(int folder, string path, int flags, uint mask, byte* facts);

    [LibraryImport("libc", EntryPoint = "statvfs", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int StatVfs(string path, ulong* facts);
}

/// <summary>What is left on a file system.</summary>
/// <param name="FreeBytes">For this user.</param>
/// <param name="Inodes">In all; 0 when it does not count them (btrfs).</param>
/// <param name="FreeInodes">For this user.</param>
/// <param name="ReadOnly">Mounted read-only: by choice, or by the kernel after a disk error.</param>
internal readonly record struct FileSystemRoom(ulong FreeBytes, ulong Inodes, ulong FreeInodes, bool ReadOnly);
