using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;

namespace FaceEdge.Storage.Salvage;

/// <summary>The pages of a damaged database with what its log holds, as far as the disk gives them.</summary>
internal sealed class PageFile : IDisposable
{
    private const int HeaderLength = 100;

    private readonly SafeFileHandle? _database;
    private readonly SafeFileHandle? _logFile;
    private readonly LogFrames? _log;
    private readonly bool _leaveOpen;

    /// <summary>Reads open files.</summary>
    /// <param name="database">The database; null when only its log is left.</param>
    /// <param name="log">Its log; null when there is none.</param>
    /// <param name="leaveOpen">Whether they stay the caller's.</param>
    public PageFile(SafeFileHandle? database, SafeFileHandle? log, bool leaveOpen = false)
    {
        (_database, _logFile, _leaveOpen) = (database, log, leaveOpen);
        Span<byte> header = stackalloc byte[HeaderLength];
        int read = database is null ? 0 : ReadAt(database, header, 0);
        int stored = BinaryPrimitives.ReadUInt16BigEndian(header[16..]) is var size && size == 1 ? 65536 : size;
        bool known = read == HeaderLength && header.StartsWith("SQLite format 3\0"u8) && stored >= 512 && int.IsPow2(stored);
        PageSize = known ? stored : Schema.PageSize;
        _log = log is null ? null : LogFrames.Read(log, PageSize);
        if (_log is { PageSize: > 0 } && !known)
        {
            PageSize = _log.PageSize;
        }

        long length = database is null ? 0 : RandomAccess.GetLength(database);
        Count = Math.Max((length + PageSize - 1) / PageSize, _log?.PageCount ?? 0);
    }

    /// <summary>Bytes of a page.</summary>
    public int PageSize { get; }

    /// <summary>Pages there are, readable or not.</summary>
    public long Count { get; }

    /// <summary>Opens a database and the log beside it.</summary>
    public static PageFile Open(string path)
    {
        SafeFileHandle? database = File.Exists(path) ? PrivateFiles.OpenToRead(path) : null;
        SafeFileHandle? log = File.Exists(path + "-wal") ? PrivateFiles.OpenToRead(path + "-wal") : null;
        return new PageFile(database, log);
    }

    /// <summary>The newest state of a page; empty when it can not be read.</summary>
    public byte[] Read(long page)
    {
        foreach (byte[] version in Versions(page))
        {
            return version;
        }

        return [];
    }

    /// <summary>
    /// What a page holds, the newest first. There are two when a damaged place in the log stands between them: which rows are new can then only be
    /// told by looking at both.
    /// </summary>
    public IEnumerable<byte[]> Versions(long page)
    {
        if (_log is not null && _log.PagesBehindDamage.TryGetValue(page, out long behind) && ReadPage(_logFile!, behind) is { } newest)
        {
            yield return newest;
        }

        if (_log is not null && _log.Pages.TryGetValue(page, out long at) && ReadPage(_logFile!, at) is { } logged)
        {
            yield return logged;
        }
        else if (_database is not null && ReadPage(_database, (page - 1) * PageSize) is { } stored)
        {
            yield return stored;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!_leaveOpen)
        {
            _database?.Dispose();
            _logFile?.Dispose();
        }
    }

    private byte[]? ReadPage(SafeFileHandle file, long at)
    {
        byte[] bytes = new byte[PageSize]; // what is missing at the end of a file reads as zeros
        return ReadAt(file, bytes, at) > 0 ? bytes : null;
    }

    private static int ReadAt(SafeFileHandle file, Span<byte> into, long at)
    {
        try
        {
            return RandomAccess.Read(file, into, at);
        }
        catch (IOException)
        {
            return 0; // a sector that the disk does not give
        }
    }
}
