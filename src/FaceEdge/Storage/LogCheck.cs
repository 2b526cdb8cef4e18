using FaceEdge.Storage.Salvage;
using Microsoft.Win32.SafeHandles;

namespace FaceEdge.Storage;

/// <summary>Whether the log of recent writes is what the daemon left: SQLite takes a missing or damaged one for an empty one.</summary>
internal static class LogCheck
{
    /// <summary>As <see cref="FindDamage"/>; null while a daemon writes the log.</summary>
    public static string? FindDamageBeside(DatabaseFiles files) => files.IsLocked || File.Exists(files.Ready) ? null : FindDamage(files);

    /// <summary>What is wrong with the log; null when nothing is. Only to be asked while nobody writes it.</summary>
    public static string? FindDamage(DatabaseFiles files)
    {
        if (!(new FileInfo(files.Log) is { Exists: true, Length: > 0 }))
        {
            return null;
        }

        using SafeFileHandle log = PrivateFiles.OpenToRead(files.Log);
        return LogFrames.Read(log, Schema.PageSize).CommitsBehindDamage is > 0 and var commits
            ? $"its log {files.Log} is damaged: {commits} commits stand behind the damaged place, which SQLite does not see"
            : null;
    }
}
