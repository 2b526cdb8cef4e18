using System.Globalization;
using System.Numerics;
using System.Text;

namespace FaceEdge.Storage;

/// <summary>
/// The small file <c>Image.db.ids</c> beside the database: no person's id above its number was ever given. It outlives the
/// database, so that a lost, damaged or older database never makes ids start over: mixing two people up is the worst we can do.
/// Its first line is durable and ahead of the ids given by up to a block (so that it costs one small write per thousand people).
/// Its second line is the highest id given, rewritten in place after each commit without waiting for the disk: exact after a kill,
/// perhaps behind after a power cut. Its third line names the box, so that a restore knows whether a backup is its own. Each line ends with a
/// checksum: a flipped bit must not move everybody's ids.
/// </summary>
internal sealed class IdMark
{
    /// <summary>Ids reserved by one durable write of the file. A loss of the database skips at most this many.</summary>
    public const long Block = 1000;

    /// <summary>The highest id there can be, 2^53 - 1: beyond it JavaScript, and whoever reads JSON as it does, takes two ids for one.</summary>
    public const long MaxId = (1L << 53) - 1;

    /// <summary>2025-01-01 in seconds since 1970: a clock that says less was never set.</summary>
    private const long NoEarlierThan = 1_735_689_600;

    /// <summary>A line's length: 19 digits hold every id; the width is fixed so that a line can be rewritten in place.</summary>
    private const int LineBytes = 19 + 1 + 8 + 1 + 8 + 1;

    private readonly string _path;
    private bool _isOfToday;

    private IdMark(string path, long reserved, long given, string? box) => (_path, Value, Given, Box) = (path, reserved, given, box);

    /// <summary>No id above this was ever given; 0 when nothing is known.</summary>
    public long Value { get; private set; }

    /// <summary>An id that was given, the highest one unless a power cut came just before; 0 when nothing is known.</summary>
    public long Given { get; private set; }

    /// <summary>Which box this is, drawn by lot; null before the first id.</summary>
    public string? Box { get; private set; }

    /// <summary>Whether there is a file that can not be read: ids were given, and nobody knows how many.</summary>
    public bool IsUnreadable { get; private init; }

    /// <summary>Whether the last daemon ended as told, so that <see cref="Value"/> is the highest id given.</summary>
    public bool IsSettled => Value > 0 && Value == Given;

    /// <summary>Reads the file; a missing or unreadable one is the value 0.</summary>
    public static IdMark Read(string path, ILogger logger)
    {
        if (!File.Exists(path))
        {
            return new IdMark(path, 0, 0, null);
        }

        string text = File.ReadAllText(path, Encoding.ASCII);
        string[] lines = text.Split('\n');
        string? box = lines.Length > 2 && lines[2].Split(' ', StringSplitOptions.RemoveEmptyEntries) is [var name, "box", var sum] && sum == Checksum(name + " box") ? name : null;

        // A second line that can not be read is only less exact.
        bool hasGiven = TryParse(lines.Length > 1 ? lines[1] : "", "given", out long given);
        if (TryParse(lines[0], "reserved", out long reserved))
        {
            return new IdMark(path, reserved, Math.Min(given, reserved), box) { _isOfToday = hasGiven && box is not null && text.Length == 3 * LineBytes };
        }

        if (hasGiven)
        {
            logger.LogWarning("The first line of {Path} is damaged; new ids are above what the second one says, and a block more.", path);
            return new IdMark(path, given + Block + WriteQueue.MaxBatch, given, box);
        }

        logger.LogWarning("{Path} does not hold a number of ids ('{Text}'); it will be written anew.", path, text.Length > 40 ? text[..40] : text);
        return new IdMark(path, 0, 0, null) { IsUnreadable = true };
    }

    /// <summary>What new ids must be above where no mark and no row tells: seconds since 1970, more than any number of people ever enrolled.</summary>
    public static long AboveEverybody(TimeProvider time) => Math.Max(NoEarlierThan, time.GetUtcNow().ToUnixTimeSeconds());

    /// <summary>Makes sure, durably, that the mark is not below an id that is about to be given.</summary>
    /// <exception cref="IOException">The mark could not be written; the id must not be given.</exception>
    /// <exception cref="StorageException">There are no ids left.</exception>
    public void Cover(long id)
    {
        if (id > MaxId)
        {
            throw new StorageException(StorageProblem.Other, $"There are no ids left: {id} is above {MaxId}, and more than 53 bits are not the same number in every program that reads JSON.");
        }

        if (id > Value)
        {
            Write(Math.Min(id + Block, MaxId), Given);
        }
        else if (!_isOfToday)
        {
            Write(Value, Given); // its lines have another length: one can not be rewritten in place
        }
    }

    /// <summary>Notes that ids up to this one have been given. Best effort: the database has them already.</summary>
    public void Note(long highestGiven, ILogger logger)
    {
        if (highestGiven <= Given)
        {
            return;
        }

        Given = highestGiven;
        try
        {
            using var file = File.OpenHandle(_path, FileMode.Open, FileAccess.Write, FileShare.Read);
            RandomAccess.Write(file, Line(highestGiven, "given"), LineBytes);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            logger.LogWarning("{Path} could not be brought up to date: {Reason}", _path, e.Message);
        }
    }

    /// <summary>Writes down, durably, the highest id ever given.</summary>
    public void Settle(long highestGiven)
    {
        if (highestGiven != Value || highestGiven != Given || (!_isOfToday && highestGiven > 0))
        {
            Write(highestGiven, highestGiven);
        }
    }

    private static bool TryParse(string line, string word, out long value)
    {
        value = 0;
        string[] parts = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);

        // Version 0.1 wrote no checksums; its lines are 28 characters, so that one of ours that lost its end is not taken for one of those.
        bool whole = parts switch
        {
            [var number, var found] => found == word && number.Length == 19 && line.Length == 28,
            [var number, var found, var sum] => found == word && number.Length == 19 && sum == Checksum($"{number} {found}"),
            _ => false,
        };
        return whole && long.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out value) && value <= MaxId;
    }

    private static byte[] Line(long value, string word) => Line(value.ToString("D19", CultureInfo.InvariantCulture), word);

    private static byte[] Line(string text, string word) => Encoding.ASCII.GetBytes($"{text} {word,-8} {Checksum($"{text} {word}")}\n");

    private static string Checksum(string text)
    {
        uint sum = uint.MaxValue;
        foreach (char letter in text)
        {
            sum = BitOperations.Crc32C(sum, (byte)letter);
        }

        return (sum ^ uint.MaxValue).ToString("x8", CultureInfo.InvariantCulture);
    }

    private void Write(long reserved, long given)
    {
        Box ??= $"{Guid.NewGuid():N}"[..16]; // From the kernel; RandomNumberGenerator would need OpenSSL (decision 6).
        PrivateFiles.WriteAtomically(_path, [.. Line(reserved, "reserved"), .. Line(given, "given"), .. Line(Box, "box")]);
        (Value, Given, _isOfToday) = (reserved, given, true);
    }
}
