using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;

namespace FaceEdge.Storage;

/// <summary>
/// Notices that the files under an open database are not those any more that have its name: SQLite goes on writing to a deleted file, and what
/// was acknowledged would be gone with the process. Asked before and after every commit: some calls of statx(2), microseconds.
/// </summary>
internal sealed class FileWatch : IDisposable
{
    /// <summary>What <c>journal_size_limit</c> may cut the log to; see <see cref="Sqlite.ConfigureWriter"/>.</summary>
    private const long LogLimit = 16 * 1024 * 1024;

    // Offsets from "Database File Format", section 1.3.
    private const int HeaderLength = 72, FileMarkOffset = 60, ApplicationIdOffset = 68;

    private readonly DatabaseFiles _files;
    private readonly SafeFileHandle _database;
    private readonly FileIdentity _databaseAtStart;
    private readonly int _markInHeader;
    private readonly long _mark;
    private readonly Lock _lock = new();
    private SafeFileHandle? _log;
    private FileIdentity _logSeen;
    private FileIdentity _indexSeen;
    private long _databaseLength;

    /// <summary>Watches an open database.</summary>
    /// <param name="files">The folder.</param>
    /// <param name="mark">See <see cref="Schema.FileMark"/>.</param>
    public FileWatch(DatabaseFiles files, long mark)
    {
        (_files, _mark) = (files, mark);
        _database = PrivateFiles.OpenToRead(files.Database); // stays open until SQLite has closed it: a close would drop SQLite's locks
        _databaseAtStart = FileIdentity.Of(files.Database);
        Span<byte> header = stackalloc byte[HeaderLength];
        RandomAccess.Read(_database, header, 0);
        _markInHeader = BinaryPrimitives.ReadInt32BigEndian(header[FileMarkOffset..]); // what stands in the log may be newer
        Accept();
    }

    /// <summary>The database as it was opened; still readable when it was deleted.</summary>
    public SafeFileHandle Database => _database;

    /// <summary>Whether another file was copied over it in place: then its pages are not ours, though they may be those of other people of ours.</summary>
    public bool IsOverwritten
    {
        get
        {
            Span<byte> header = stackalloc byte[HeaderLength];
            int mark = RandomAccess.Read(_database, header, 0) == HeaderLength ? BinaryPrimitives.ReadInt32BigEndian(header[FileMarkOffset..]) : 0;
            return !header.StartsWith("SQLite format 3\0"u8) || BinaryPrimitives.ReadInt32BigEndian(header[ApplicationIdOffset..]) != Schema.ApplicationId
                || (mark != _mark && mark != _markInHeader);
        }
    }

    /// <summary>Its log; null when there was none yet.</summary>
    public SafeFileHandle? Log => _log;

    /// <summary>Which database it is.</summary>
    public long Mark => _mark;

    /// <summary>What happened to the files; null when they are what they were.</summary>
    public string? FindLoss()
    {
        lock (_lock)
        {
            FileIdentity now = FileIdentity.Of(_files.Database);
            string? loss = Compare(_files.Database, _databaseAtStart, now)
                ?? (now.Length < _databaseLength ? $"{_files.Database} was cut to {now.Length} bytes of {_databaseLength}" : null)
                ?? (IsOverwritten ? $"{_files.Database} was overwritten" : null);
            return loss
                ?? (_logSeen.Exists ? Compare(_files.Log, _logSeen, FileIdentity.Of(_files.Log)) : null)
                ?? (_indexSeen.Exists ? Compare(_files.Database + "-shm", _indexSeen, FileIdentity.Of(_files.Database + "-shm")) : null);
        }
    }

    /// <summary>
    /// Whether the log became shorter since it was last accepted. Another program may have folded it into the database, which is allowed: who asks must
    /// ask SQLite how long it is to be.
    /// </summary>
    public bool LogShrank(out long length)
    {
        lock (_lock)
        {
            length = FileIdentity.Of(_files.Log).Length;
            return length < Math.Min(_logSeen.Length, LogLimit);
        }
    }

    /// <summary>Takes the files as they are for right: after a commit or a checkpoint of our own.</summary>
    public void Accept()
    {
        lock (_lock)
        {
            _databaseLength = Math.Max(_databaseLength, FileIdentity.Of(_files.Database).Length);
            _logSeen = FileIdentity.Of(_files.Log);
            _indexSeen = FileIdentity.Of(_files.Database + "-shm");
            if (_log is null && _logSeen.Exists)
            {
                _log = PrivateFiles.OpenToRead(_files.Log);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _database.Dispose();
        _log?.Dispose();
    }

    private static string? Compare(string path, FileIdentity before, FileIdentity now) =>
        !now.Exists ? $"{path} was deleted or moved" : now.IsSameFile(before) ? null : $"{path} was replaced by another file";

}
