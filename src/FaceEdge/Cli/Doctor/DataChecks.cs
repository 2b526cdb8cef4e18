using FaceEdge.Storage;

namespace FaceEdge.Cli.Doctor;

/// <summary>The data folder: whose it is, its room, and the database in it.</summary>
internal static class DataChecks
{
    /// <summary>A stored face takes about 30 KB: below this, some thousand are left.</summary>
    private const ulong LittleRoom = 256 << 20;

    /// <summary>SQLite needs some megabytes for a log alone.</summary>
    private const ulong NoRoom = 16 << 20;

    /// <summary>A commit makes at most some files.</summary>
    private const ulong FewInodes = 100;

    private const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    /// <summary>Whether the daemon can use the folder, and nobody else.</summary>
    public static Finding Folder(string folder)
    {
        const string Name = "data folder";
        try
        {
            if (!Directory.Exists(folder))
            {
                return Finding.Warn(Name, $"{folder} does not exist yet", "The first start makes it. If people are known already, DataDirectory is wrong.");
            }

            if (DataFolder.WhoMayRead(folder) is { } allowed)
            {
                return Closed(Name, folder, allowed);
            }

            uint owner = FileFacts.OwnerOf(folder);
            string theirs = FileFacts.NameOf(owner);
            foreach (string file in Directory.EnumerateFiles(folder, "Image.db*").Order(StringComparer.Ordinal))
            {
                if (FileFacts.OwnerOf(file) is var user && user != owner)
                {
                    return Finding.Fail(
                        Name,
                        $"{file} belongs to {FileFacts.NameOf(user)}, the folder to {theirs}",
                        $"chown {theirs} {file}");
                }
            }

            if (FileFacts.User != 0 && FileFacts.User != owner)
            {
                return Closed(Name, folder, theirs);
            }

            UnixFileMode mode = OperatingSystem.IsWindows() ? 0 : File.GetUnixFileMode(folder);
            return (mode & Others) != 0
                ? Finding.Warn(Name, $"{folder} of {theirs} is open to other users ({Octal(mode)})", $"Faces are biometric data: chmod 700 {folder}")
                : Finding.Ok(Name, $"{folder} of {theirs} ({Octal(mode)})");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Finding.Fail(Name, $"{folder} can not be looked at by {FileFacts.NameOf(FileFacts.User)}: {e.Message}", "Ask as root, or as the daemon's user.");
        }
    }

    /// <summary>Asked by somebody whom it does not concern; nothing is said of the folder itself, and no advice given that would change its owner.</summary>
    private static Finding Closed(string name, string folder, string owner) => Finding.Fail(
        name,
        $"{folder} belongs to {owner} and is closed to {FileFacts.NameOf(FileFacts.User)}, so nothing is known of it",
        $"Run with sudo -u {owner}: sudo -u {owner} faceedge doctor");

    /// <summary>Whether there is room, and the file system can be written.</summary>
    public static Finding Disk(string folder)
    {
        const string Name = "disk";
        try
        {
            string? there = folder;
            while (there is not null && !Directory.Exists(there))
            {
                there = Path.GetDirectoryName(there);
            }

            return Judge(Name, FileFacts.RoomOf(there ?? "/"));
        }
        catch (IOException e)
        {
            return Finding.Fail(Name, e.Message, "Look into the kernel's log: journalctl -k");
        }
    }

    /// <summary>The verdict on a file system.</summary>
    internal static Finding Judge(string name, FileSystemRoom room)
    {
        string free = $"{room.FreeBytes / 1e6:N0} MB free";
        return room switch
        {
            { ReadOnly: true } => Finding.Fail(
                name, "the file system is mounted read-only", "After a disk error the kernel does that: journalctl -k, then replace the card or disk."),
            { FreeBytes: < NoRoom } => Finding.Fail(name, free, "Make room: known people are still recognised, new ones can not be kept."),
            { Inodes: > 0, FreeInodes: < FewInodes } => Finding.Fail(name, "no inodes are left", "Delete files: too many small ones fill the file system (df -i)."),
            { FreeBytes: < LittleRoom } => Finding.Warn(name, free, "Make room soon; a new person takes about 30 kB."),
            _ => Finding.Ok(name, free),
        };
    }

    /// <summary>Whether the database is whole and ours, and works with the encoder that the settings name.</summary>
    /// <param name="folder">The data folder.</param>
    /// <param name="encoder"><c>Vision:Encoder</c>; empty for the gallery's own.</param>
    public static Finding Database(string folder, string encoder = "")
    {
        const string Name = "database";
        try
        {
            if (File.Exists(folder) || Directory.Exists(Path.Combine(folder, "Image.db")))
            {
                return Finding.Fail(Name, $"{folder} is a file, or Image.db in it a folder", "Set DataDirectory to a folder of the daemon's own.");
            }

            if (DataFolder.WhoMayRead(folder) is { } owner)
            {
                return Closed(Name, folder, owner);
            }

            DatabaseReport report = DatabaseReport.Read(folder);
            string size = $"{report.People} people, {report.Faces} faces, {report.Bytes / 1e6:0.0} MB{(report.InUse ? ", in use by a daemon" : "")}";
            return report switch
            {
                { Exists: false } when File.Exists(report.Path + ".ids") => Finding.Warn(
                    Name, $"{report.Path} is missing, but people were enrolled before", "If it was moved, stop the daemon and put it back. New ids are above the old."),
                { Damage: null } when SetAside(folder) is { } aside => Finding.Warn(
                    Name, $"{size}; a damaged database was set aside as {aside}", "Whoever could be read in it was taken over; the log of that start names the others. Put a backup in place if somebody is missing, or delete the file."),
                { Exists: false } => Finding.Ok(Name, $"there is no {report.Path} yet, the first start makes it"),
                { Damage: { } damage } => Finding.Fail(
                    Name,
                    $"{report.Path} is damaged: {damage}",
                    "faceedge verify names the people. Put a backup in place, or start again: everybody who can be read is taken over, and the damaged file is kept."),
                _ when report.Schema > report.NewestSchema => Finding.Fail(
                    Name,
                    $"{report.Path} was written by a newer faceedge (schema {report.Schema}, this one knows {report.NewestSchema})",
                    "Install that version again, or restore the copy it made before it upgraded the file."),
                _ when report.Schema < report.NewestSchema => Finding.Ok(Name, $"{size}; the next start upgrades it after making a copy"),
                { Encoder: { } inForce } when encoder is not "" && encoder != inForce => Finding.Warn(
                    Name,
                    $"{size}; {inForce} is in force, Vision:Encoder says {encoder}",
                    $"To change to it: faceedge reencode --encoder {encoder}. To stay: remove Vision:Encoder, or set it to {inForce}."),
                _ => Finding.Ok(Name, size),
            };
        }
        catch (StorageException e)
        {
            return Finding.Fail(Name, e.Message);
        }
    }

    private static string? SetAside(string folder) => !Directory.Exists(folder) ? null : Directory
        .EnumerateFiles(folder, "Image.db.*").FirstOrDefault(static file => file.Contains(".corrupt-", StringComparison.Ordinal) || file.Contains(".orphan-", StringComparison.Ordinal));

    private static string Octal(UnixFileMode mode) => Convert.ToString((int)mode, 8).PadLeft(4, '0');
}
