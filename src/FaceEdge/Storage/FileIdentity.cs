using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace FaceEdge.Storage;

/// <summary>Which file a name stands for now, and how long it is; what .NET does not tell.</summary>
/// <param name="Device">The file system.</param>
/// <param name="Inode">Its number there; 0 when there is no such file.</param>
/// <param name="Length">In bytes.</param>
internal readonly unsafe partial record struct FileIdentity(ulong Device, ulong Inode, long Length)
{
    /// <summary>Whether there is such a file.</summary>
    public bool Exists => Inode != 0;

    /// <summary>Asks the file system, without opening the file: to close it again would drop SQLite's locks on it.</summary>
    public static FileIdentity Of(string path)
    {
        // struct statx is the same on every machine, other than struct stat (statx(2)).
        const int CurrentFolder = -100, BasicStats = 0x7ff, Size = 256, InodeAt = 32, LengthAt = 40, DeviceAt = 136;
        byte* facts = stackalloc byte[Size];
        if (Statx(CurrentFolder, path, 0, BasicStats, facts) != 0)
        {
            return default;
        }

        var read = new ReadOnlySpan<byte>(facts, Size);
        return new FileIdentity(
            BinaryPrimitives.ReadUInt64LittleEndian(read[DeviceAt..]),
            BinaryPrimitives.ReadUInt64LittleEndian(read[InodeAt..]),
            BinaryPrimitives.ReadInt64LittleEndian(read[LengthAt..]));
    }

    /// <summary>Whether both are names of one file.</summary>
    public bool IsSameFile(FileIdentity other) => Exists && Device == other.Device && Inode == other.Inode;

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Statx(int folder, string path, int flags, uint mask, byte* facts);
}
